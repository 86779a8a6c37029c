import { release, retain } from "../../../deployer/retained";
import { CloudServer } from "../openstack/cloud-server";

let cloud: CloudServer;

beforeEach(async () => {
  cloud = await CloudServer.start();
});
afterEach(async () => cloud.stop());

const volume = { factory: "demo", kind: "volume", name: "demo-data" } as const;
const bucket = { factory: "demo", kind: "container", name: "demo-staging" } as const;
const there = (fields: object = {}): object => ({
  id: "v",
  name: "demo-data",
  size: 40,
  status: "available",
  metadata: { image_factory: "demo" },
  ...fields,
});
const volumes = (...list: readonly object[]): CloudServer =>
  cloud.on("GET /v3/p1/volumes/detail", { json: { volumes: list } });
const deletions = (): string[] => cloud.seen.filter(({ method }) => method === "DELETE").map(({ path }) => path);
const container = (headers: Record<string, string>): CloudServer =>
  cloud.on("HEAD /v1/AUTH_p1/demo-staging", { status: 204, headers });

describe("a volume", () => {
  test("is made with the factory's tag when it is missing", async () => {
    volumes()
      .on("POST /v3/p1/volumes", { status: 202, json: { volume: there({ status: "creating" }) } })
      .on("GET /v3/p1/volumes/v", { json: { volume: there() } });
    expect(await retain(cloud.session(), volume, { sizeGiB: 40 })).toBe("volume demo-data: made, 40 GiB");
    const [request] = cloud.calls("POST /v3/p1/volumes");
    expect(JSON.parse(request?.body ?? "")).toMatchObject({
      volume: { size: 40, metadata: { image_factory: "demo" } },
    });
  });

  test("is taken up again when it is there, whatever its size", async () => {
    volumes(there());
    expect(await retain(cloud.session(), volume, { sizeGiB: 50 })).toBe(
      "volume demo-data: taken up again with its data (it has 40 GiB, not 50)",
    );
    expect(cloud.calls("POST /v3/p1/volumes")).toEqual([]);
  });

  test("of another factory, or nobody's, is not touched", async () => {
    volumes(there({ metadata: { image_factory: "other" } }));
    await expect(retain(cloud.session(), volume, { sizeGiB: 40 })).rejects.toThrow(
      "volume demo-data: belongs to factory other; it is not touched",
    );
    await expect(release(cloud.session(), volume, true)).rejects.toThrow("belongs to factory other");
    volumes(there({ metadata: {} }));
    await expect(retain(cloud.session(), volume, { sizeGiB: 40 })).rejects.toThrow("carries no factory's tag");
    expect(deletions()).toEqual([]);
  });

  test("stays at destroy, and goes when all data is to go", async () => {
    volumes(there());
    expect(await release(cloud.session(), volume, false)).toBe("volume demo-data: kept with its data (40 GiB)");
    expect(deletions()).toEqual([]);
    cloud.on("DELETE /v3/p1/volumes/v", { status: 202 }).on("GET /v3/p1/volumes/v", { status: 404 });
    expect(await release(cloud.session(), volume, true)).toBe("volume demo-data: deleted with its data");
    volumes();
    expect(await release(cloud.session(), volume, true)).toBe("volume demo-data: is gone already");
  });

  test("is not deleted after a listing that failed", async () => {
    cloud.on("GET /v3/p1/volumes/detail", { status: 403, text: "no" });
    await expect(release(cloud.session(), volume, true)).rejects.toThrow("block-storage GET /volumes/detail: 403");
    expect(deletions()).toEqual([]);
  });
});

describe("a bucket", () => {
  const put = (): CloudServer => cloud.on("PUT /v1/AUTH_p1/demo-staging", { status: 201 });

  test("is made, or taken up again", async () => {
    cloud.on("HEAD /v1/AUTH_p1/demo-staging", { status: 404 });
    put();
    expect(await retain(cloud.session(), bucket)).toBe("bucket demo-staging: made");
    container({ "x-container-meta-image-factory": "demo", "x-container-object-count": "3" });
    expect(await retain(cloud.session(), bucket)).toBe("bucket demo-staging: taken up again, 3 objects");
    expect(cloud.calls("PUT /v1/AUTH_p1/demo-staging")[0]?.headers["x-container-meta-image-factory"]).toBe("demo");
  });

  test("with somebody else's objects is not taken", async () => {
    put();
    container({ "x-container-object-count": "3" });
    await expect(retain(cloud.session(), bucket)).rejects.toThrow("is there with 3 objects and is not of this factory");
    container({ "x-container-meta-image-factory": "other" });
    await expect(retain(cloud.session(), bucket)).rejects.toThrow("belongs to factory other");
    await expect(release(cloud.session(), bucket, true)).rejects.toThrow("belongs to factory other");
    expect(cloud.calls("PUT /v1/AUTH_p1/demo-staging")).toEqual([]);
  });

  test("goes when it is empty, stays when it is not", async () => {
    container({ "x-container-meta-image-factory": "demo", "x-container-object-count": "2" });
    cloud.on("DELETE /v1/AUTH_p1/demo-staging", { status: 409 }, { status: 204 });
    expect(await release(cloud.session(), bucket, false)).toBe("bucket demo-staging: kept, it holds 2 objects");
    expect(await release(cloud.session(), bucket, false)).toBe("bucket demo-staging: deleted, it was empty");
  });

  test("goes with its objects when all data is to go", async () => {
    container({ "x-container-meta-image-factory": "demo", "x-container-object-count": "2" });
    cloud
      .on("GET /v1/AUTH_p1/demo-staging", { json: [{ name: "a" }, { name: "b c" }] }, { json: [] })
      .on("DELETE /v1/AUTH_p1/demo-staging/a", { status: 204 })
      .on("DELETE /v1/AUTH_p1/demo-staging/b%20c", { status: 204 })
      .on("DELETE /v1/AUTH_p1/demo-staging", { status: 204 });
    expect(await release(cloud.session(), bucket, true)).toBe("bucket demo-staging: deleted with its 2 objects");
    expect(deletions()).toHaveLength(3);
  });
});
