import { removeBuild, type CleanUpScope } from "../../../deployer/clean-up";
import { CloudServer } from "../openstack/cloud-server";

const build = "debian-12-202601010000-0001";
const mine = ["image-factory", "factory=demo", "image=debian-12", `build=${build}`];
const metadata = { image_factory: "demo", image_factory_image: "debian-12", image_factory_build: build };

let cloud: CloudServer;

beforeEach(async () => {
  cloud = await CloudServer.start();
});
afterEach(async () => cloud.stop());

const scope = (fields: Partial<CleanUpScope> = {}): CleanUpScope => ({
  factory: "demo",
  image: "debian-12",
  build,
  compute: cloud.session(),
  regions: [cloud.session(), cloud.session({ region: "RegionTwo" })],
  keepImages: false,
  ...fields,
});
const image = (fields: object): object => ({
  id: "i",
  owner: "p1",
  visibility: "private",
  protected: false,
  tags: mine,
  ...fields,
});

/** A project in which nothing is left, but what a test adds. */
function empty(): void {
  cloud
    // All sessions the same token: the server knows the last one only.
    .on("POST /v3/auth/tokens", cloud.tokenReply())
    .on("GET /v2.1/servers/detail", { json: { servers: [] } })
    .on("GET /v2.0/ports", { json: { ports: [] } })
    .on("GET /v2.0/security-groups", { json: { security_groups: [] } })
    .on("GET /v2.1/os-keypairs", { json: { keypairs: [] } })
    .on("GET /v3/p1/volumes/detail", { json: { volumes: [] } })
    .on("GET /v2/images", { json: { images: [] } })
    .on("GET /two/v2/images", { json: { images: [] } });
}

test("nothing left: nothing deleted", async () => {
  empty();
  expect(Object.values(await removeBuild(scope())).every((count) => count === 0)).toBe(true);
  expect(cloud.seen.filter(({ method }) => method === "DELETE")).toEqual([]);
});

test("removes what carries the build's tag, in every region, and nothing else", async () => {
  empty();
  cloud
    .on("GET /v2.1/servers/detail", {
      json: {
        servers: [
          { id: "s1", name: `${build}-test`, tags: mine },
          { id: "s2", name: "x", tags: ["image-factory"] },
        ],
      },
    })
    .on("DELETE /v2.1/servers/s1", { status: 204 })
    .on("GET /v2.1/servers/s1", { status: 404 })
    .on("GET /v2.0/ports", {
      json: {
        ports: [
          { id: "p", tags: mine },
          { id: "q", tags: [] },
        ],
      },
    })
    .on("DELETE /v2.0/ports/p", { status: 204 })
    .on("GET /v2.1/os-keypairs", {
      json: {
        keypairs: [
          { keypair: { name: `${build}-test` } },
          { keypair: { name: "demo-deployer" } },
          { keypair: { name: `${build}0` } },
        ],
      },
    })
    .on(`DELETE /v2.1/os-keypairs/${build}-test`, { status: 202 })
    .on("GET /v3/p1/volumes/detail", {
      json: {
        volumes: [
          { id: "v1", status: "available", metadata },
          { id: "v2", status: "available", metadata: { image_factory: "demo" } },
        ],
      },
    })
    .on("DELETE /v3/p1/volumes/v1", { status: 202 })
    .on("GET /v3/p1/volumes/v1", { status: 404 })
    .on("GET /v2/images", {
      json: {
        images: [
          image({ id: "mine" }),
          image({ id: "public", visibility: "public" }),
          image({ id: "protected", protected: true }),
          image({ id: "theirs", owner: "p2" }),
          image({ id: "other", tags: ["image-factory", "factory=demo"] }),
        ],
      },
    })
    .on("DELETE /v2/images/mine", { status: 204 })
    .on("GET /two/v2/images", { json: { images: [image({ id: "copy" })] } })
    .on("DELETE /two/v2/images/copy", { status: 204 });
  expect(await removeBuild(scope())).toEqual({
    servers: 1,
    ports: 1,
    "security groups": 0,
    "key pairs": 1,
    volumes: 1,
    "images in RegionOne": 1,
    "images in RegionTwo": 1,
  });
  const deleted = cloud.seen.filter(({ method }) => method === "DELETE").map(({ path }) => path.split("/").at(-1));
  expect(deleted.sort()).toEqual(["copy", `${build}-test`, "mine", "p", "s1", "v1"].sort());
});

test("images whose publication was asked for stay", async () => {
  empty();
  await removeBuild(scope({ keepImages: true }));
  expect(cloud.calls("GET /v2/images")).toEqual([]);
});

test("a listing that fails is not an empty one: that kind is an error, the others are done", async () => {
  empty();
  cloud
    .on("GET /v2.0/ports", { status: 403, json: { NeutronError: { message: "not allowed" } } })
    .on("GET /two/v2/images", { status: 403, text: "no" })
    .on("GET /v2/images", { json: { images: [image({ id: "mine" })] } })
    .on("DELETE /v2/images/mine", { status: 204 });
  const failure = await removeBuild(scope()).catch((error: Error) => error.message);
  expect(failure).toEqual(
    expect.stringMatching(/^(ports|images in RegionTwo): .* 403: .*\n(ports|images in RegionTwo): .* 403: .*$/),
  );
  expect(cloud.calls("DELETE /v2/images/mine")).toHaveLength(1);
});
