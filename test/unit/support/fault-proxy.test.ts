import { getImage, listImages, updateImage } from "../../../openstack/glance";
import { Session } from "../../../openstack/session";
import { FaultProxy } from "../../support/fault-proxy";
import { CloudServer } from "../openstack/cloud-server";

let cloud: CloudServer;
let proxy: FaultProxy;
beforeEach(async () => {
  cloud = await CloudServer.start();
  cloud.on("GET /v2/images/1", { json: { id: "1", name: "one" } });
  cloud.on("PATCH /v2/images/1", { json: { id: "1", name: "two" } });
  cloud.on("GET /v2/images", { json: { images: [{ id: "1" }] } });
  proxy = await FaultProxy.start(`${cloud.url}/v3`);
});
afterEach(async () => {
  await proxy.stop();
  await cloud.stop();
});

function client(way = "west"): Session {
  return new Session({
    cloud: way,
    region: "RegionOne",
    auth: {
      kind: "applicationCredential",
      authUrl: proxy.address(way),
      applicationCredentialId: "i",
      applicationCredentialSecret: "s",
    },
    retry: { attempts: 2, base: 1, cap: 1 },
  });
}

const rename = (session: Session): Promise<unknown> =>
  updateImage(session, "1", [{ op: "replace", path: "/name", value: "two" }]);

test("everything passes to the real services, by way of it, and changes are counted", async () => {
  const session = client();
  expect(await getImage(session, "1")).toEqual({ id: "1", name: "one" });
  await rename(session);
  await rename(client("east"));
  expect(
    proxy.asked
      .filter(({ service }) => service !== "identity")
      .map(({ way, method, path, change }) => [way, method, path, change]),
  ).toEqual([
    ["west", "GET", "/v2/images/1", undefined],
    ["west", "PATCH", "/v2/images/1", 1],
    ["east", "PATCH", "/v2/images/1", 2],
  ]);
  expect(cloud.calls("PATCH /v2/images/1")[0]!.body).toContain("two");
});

test("an endpoint's own path is kept", async () => {
  cloud.on("GET /two/v2/images/1", { json: { id: "1", name: "in the second region" } });
  expect(await getImage(client().inRegion("RegionTwo"), "1")).toMatchObject({ name: "in the second region" });
});

test("refused: the service never hears of it", async () => {
  proxy.reset(({ change }) => (change === 1 ? "refuse" : "pass"));
  await expect(rename(client())).rejects.toThrow("west");
  expect(cloud.calls("PATCH /v2/images/1")).toEqual([]);
});

test("lost: it is carried out, and nobody hears of it", async () => {
  const done: number[] = [];
  proxy.reset(({ change }) =>
    change === 1 ? { lost: () => done.push(cloud.calls("PATCH /v2/images/1").length) } : "pass",
  );
  await expect(rename(client())).rejects.toThrow("west");
  expect(done).toEqual([1]);
});

test("a listing that breaks off, another status, another path", async () => {
  proxy.reset(({ path }) => (path.startsWith("/v2/images?") || path === "/v2/images" ? "cut" : "pass"));
  await expect(listImages(client())).rejects.toThrow("west");
  proxy.reset(({ service }) => (service === "image" ? { status: 503 } : "pass"));
  await expect(getImage(client(), "1")).rejects.toThrow("503");
  cloud.on("GET /v2/images/2", { json: { id: "2" } });
  proxy.reset(({ service }) => (service === "image" ? { path: "/v2/images/2" } : "pass"));
  expect(await getImage(client(), "1")).toEqual({ id: "2" });
});

test("counting begins again", async () => {
  const session = client();
  await rename(session);
  proxy.reset();
  await rename(session);
  expect(proxy.asked.map(({ change }) => change)).toEqual([1]);
});
