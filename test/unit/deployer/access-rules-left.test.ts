import { forgetAccessRules, type EntryUse } from "../../../deployer/application-credential";
import { CloudServer } from "../openstack/cloud-server";

let cloud: CloudServer;
beforeEach(async () => (cloud = await CloudServer.start()));
afterEach(() => cloud.stop());

const rules = [
  { id: "ours", service: "image", method: "POST", path: "/v2/images" },
  { id: "in-use", service: "image", method: "GET", path: "/v2/images" },
  { id: "bucket", service: "object-store", method: "PUT", path: "/v1/AUTH_p1/requests/*" },
  { id: "others", service: "image", method: "GET", path: "/v2/members" },
];

async function forget(credentials: readonly string[]): Promise<string[]> {
  const session = cloud.session();
  const entry: EntryUse = {
    cloud: "test",
    sessions: [
      { session, use: "region" },
      { session, use: "buckets" },
    ],
  };
  cloud.on("GET /v3/users/u1/application_credentials", {
    json: { application_credentials: credentials.map((name) => ({ id: name, name })) },
  });
  cloud.on("GET /v3/users/u1/access_rules", { json: { access_rules: rules } });
  for (const { id } of rules)
    cloud.on(`DELETE /v3/users/u1/access_rules/${id}`, { status: id === "in-use" ? 403 : 204 });
  await forgetAccessRules([entry], ["requests"]);
  return cloud.seen.filter(({ method }) => method === "DELETE").map(({ path }) => path.split("/").at(-1)!);
}

test("the rules of builds' credentials go with the last of them, nobody else's", async () => {
  expect(await forget(["the-deployer-s-own"])).toEqual(["ours", "in-use", "bucket"]);
});

test("they stay while another build has a credential", async () => {
  expect(await forget(["debian-12-202611230548-2756-build"])).toEqual([]);
});
