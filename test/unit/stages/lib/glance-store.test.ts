import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { isStored, storeImage, type StoreOptions } from "../../../../stages/lib/glance-store";
import * as wait from "../../../../stages/lib/wait";
import { waitForImage } from "../../../../openstack/glance";
import { CloudServer } from "../../openstack/cloud-server";

const directory = mkdtempSync(path.join(tmpdir(), "glance-"));
const file = path.join(directory, "image.qcow2");
const content = "the image";
const right = createHash("sha512").update(content).digest("hex");
const id = "3f0c54c5-47a4-4a0e-9a0b-3b6f7d1c9b11";
const lines: string[] = [];

let cloud: CloudServer;
beforeEach(async () => {
  writeFileSync(file, content);
  lines.length = 0;
  cloud = await CloudServer.start();
});
afterEach(async () => cloud.stop());
afterAll(() => rmSync(directory, { recursive: true }));

const image = (fields: object): object => ({
  id,
  name: "b1",
  status: "active",
  visibility: "private",
  protected: false,
  os_hash_algo: "sha512",
  os_hash_value: right,
  ...fields,
});

const store = async (more: Partial<StoreOptions> = {}): ReturnType<typeof storeImage> =>
  storeImage({
    region: "one",
    session: cloud.session({ retry: { attempts: 1 } }),
    image: { name: "b1", diskFormat: "qcow2", tags: ["build=b1"] },
    file,
    activeWithin: 2000,
    signal: new AbortController().signal,
    log: (line) => lines.push(line),
    pauses: [0, 0, 0],
    ...more,
  });

const listing = (...images: object[]): { json: object } => ({ json: { images } });

test("makes the image, uploads, waits and compares the hash", async () => {
  cloud
    .on("GET /v2/images", listing())
    .on("POST /v2/images", { status: 201, json: image({ status: "queued" }) })
    .on(`PUT /v2/images/${id}/file`, { status: 204 })
    .on(`GET /v2/images/${id}`, { json: image({}) });
  expect(await store()).toEqual({ region: "one", imageId: id, hashAlgo: "sha512", hashValue: right });
  expect(cloud.calls(`PUT /v2/images/${id}/file`)[0]?.body).toBe(content);
});

test("takes what an earlier run has registered, and uploads nothing", async () => {
  cloud.on("GET /v2/images", listing(image({})));
  expect((await store()).imageId).toBe(id);
  expect(cloud.calls("POST /v2/images")).toEqual([]);
});

test("deletes what an earlier run left half-done", async () => {
  const stub = "00000000-47a4-4a0e-9a0b-3b6f7d1c9b11";
  cloud
    .on("GET /v2/images", listing(image({ id: stub, status: "queued", os_hash_algo: null, os_hash_value: null })))
    .on(`DELETE /v2/images/${stub}`, { status: 204 })
    .on("POST /v2/images", { status: 201, json: image({ status: "queued" }) })
    .on(`PUT /v2/images/${id}/file`, { status: 204 })
    .on(`GET /v2/images/${id}`, { json: image({}) });
  await store();
  expect(cloud.calls(`DELETE /v2/images/${stub}`)).toHaveLength(1);
  expect(lines).toContain(`one: deleting image ${stub} (queued), left by an earlier try`);
});

test("a wrong hash is deleted, reported and not tried again", async () => {
  cloud
    .on("GET /v2/images", listing())
    .on("POST /v2/images", { status: 201, json: image({ status: "queued" }) })
    .on(`PUT /v2/images/${id}/file`, { status: 204 })
    .on(`GET /v2/images/${id}`, { json: image({ os_hash_value: "f".repeat(128) }) })
    .on(`DELETE /v2/images/${id}`, { status: 204 });
  await expect(store()).rejects.toThrow(`one: image ${id} is stored with sha512 ffff`);
  expect(cloud.calls(`DELETE /v2/images/${id}`)).toHaveLength(1);
  expect(cloud.calls("POST /v2/images")).toHaveLength(1);
});

test("no quota is told at once, and the stub is gone", async () => {
  cloud
    .on("GET /v2/images", listing())
    .on("POST /v2/images", { status: 201, json: image({ status: "queued" }) })
    .on(`PUT /v2/images/${id}/file`, { status: 413, text: "over quota" })
    .on(`DELETE /v2/images/${id}`, { status: 204 });
  await expect(store()).rejects.toThrow(/413: over quota/);
  expect(cloud.calls(`DELETE /v2/images/${id}`)).toHaveLength(1);
});

test("a public image of this name is not touched", async () => {
  cloud.on("GET /v2/images", listing(image({ visibility: "public", os_hash_value: "f".repeat(128) })));
  await expect(store()).rejects.toThrow("is public; it is not touched");
});

/** A cloud that has no image yet and makes one. */
const empty = (): CloudServer =>
  cloud
    .on("GET /v2/images", listing())
    .on("POST /v2/images", { status: 201, json: image({ status: "queued" }) })
    .on(`PUT /v2/images/${id}/file`, { status: 204 })
    .on(`DELETE /v2/images/${id}`, { status: 204 })
    .on(`GET /v2/images/${id}`, { json: image({}) });

describe("an upload that fails", () => {
  test("is tried three times more, each time from a new image, the stub being deleted", async () => {
    empty().on(`PUT /v2/images/${id}/file`, { status: 503 }, { status: 500 }, { status: 503 }, { status: 204 });
    expect((await store()).imageId).toBe(id);
    expect(cloud.calls("POST /v2/images")).toHaveLength(4);
    expect(cloud.calls(`DELETE /v2/images/${id}`)).toHaveLength(3);
    expect(lines).toContainEqual(expect.stringMatching(/^one: try 1 of 4 has failed, the next in 0 s: .*503/));
  });

  test("is an error after that, and nothing of it stays", async () => {
    empty().on(`PUT /v2/images/${id}/file`, { status: 503 });
    await expect(store()).rejects.toThrow(/503/);
    expect(cloud.calls("POST /v2/images")).toHaveLength(4);
    expect(cloud.calls(`DELETE /v2/images/${id}`)).toHaveLength(4);
  });

  test("waits 10, 40 and 160 seconds", async () => {
    empty().on(`PUT /v2/images/${id}/file`, { status: 503 });
    const waited: number[] = [];
    const timer = jest.spyOn(wait, "sleep").mockImplementation((seconds) => Promise.resolve(void waited.push(seconds)));
    await expect(store({ pauses: undefined })).rejects.toThrow(/503/);
    timer.mockRestore();
    expect(waited).toEqual([10, 40, 160]);
  });

  test("is not repeated when only its answer was lost", async () => {
    empty()
      .on(`PUT /v2/images/${id}/file`, { hangUp: true })
      .on(`GET /v2/images/${id}`, { json: image({ status: "active" }) });
    expect((await store()).imageId).toBe(id);
    expect(cloud.calls(`PUT /v2/images/${id}/file`)).toHaveLength(1);
    expect(cloud.calls(`DELETE /v2/images/${id}`)).toEqual([]);
  });

  test("is repeated when the connection was lost on the way", async () => {
    empty()
      .on(`PUT /v2/images/${id}/file`, { hangUp: true }, { status: 204 })
      .on(`GET /v2/images/${id}`, { json: image({ status: "queued" }) }, { json: image({}) });
    await store();
    expect(cloud.calls("POST /v2/images")).toHaveLength(2);
    expect(cloud.calls(`DELETE /v2/images/${id}`)).toHaveLength(1);
  });

  test.each(["killed", "deleted"])("an image that Glance has %s is a failure at once", async (status) => {
    empty().on(`GET /v2/images/${id}`, { json: image({ status }) });
    await expect(store({ pauses: [] })).rejects.toThrow(`image ${id} active: it is ${status}`);
    expect(cloud.calls(`DELETE /v2/images/${id}`)).toHaveLength(1);
  });

  test("an aborted stage tries no more", async () => {
    const stop = new AbortController();
    empty().on(`PUT /v2/images/${id}/file`, () => {
      stop.abort(new Error("stopped"));
      return { status: 503 };
    });
    await expect(store({ signal: stop.signal })).rejects.toThrow();
    expect(cloud.calls("POST /v2/images")).toHaveLength(1);
  });
});

describe("imports", () => {
  test("glance-direct: staged once, and asked for again when the service was away", async () => {
    empty()
      .on(`PUT /v2/images/${id}/stage`, { status: 204 })
      .on(`POST /v2/images/${id}/import`, { status: 503 }, { status: 202 })
      .on(`GET /v2/images/${id}`, { json: image({ status: "importing" }) }, { json: image({}) });
    await store({ method: "glance-direct", session: cloud.session({ retry: { attempts: 2, base: 1 } }) });
    expect(cloud.calls(`PUT /v2/images/${id}/stage`)).toMatchObject([{ body: content }]);
    const imports = cloud.calls(`POST /v2/images/${id}/import`).map(({ body }) => JSON.parse(body) as unknown);
    expect(imports).toEqual(Array(2).fill({ method: { name: "glance-direct" } }));
    expect(cloud.calls(`PUT /v2/images/${id}/file`)).toEqual([]);
  });

  test("web-download: Glance is told where it is, and gets no bytes from here", async () => {
    empty().on(`POST /v2/images/${id}/import`, { status: 202 });
    const address = jest.fn(() => Promise.resolve("https://staging.example.org/b1.qcow2"));
    await store({ method: "web-download", address });
    const [asked] = cloud.calls(`POST /v2/images/${id}/import`);
    expect(JSON.parse(asked?.body ?? "")).toEqual({
      method: { name: "web-download", uri: "https://staging.example.org/b1.qcow2" },
    });
    expect(address).toHaveBeenCalledTimes(1);
    expect(cloud.seen.filter(({ method }) => method === "PUT")).toEqual([]);
  });

  test("one that Glance gave up is a failure, whatever the status says", async () => {
    empty()
      .on(`POST /v2/images/${id}/import`, { status: 202 })
      .on(`GET /v2/images/${id}`, { json: image({ status: "queued", os_glance_failed_import: "file" }) });
    const failing = store({ method: "web-download", address: () => Promise.resolve("https://x"), pauses: [] });
    await expect(failing).rejects.toThrow("its import into file has failed");
    expect(cloud.calls(`DELETE /v2/images/${id}`)).toHaveLength(1);
  });
});

test("an image that stays queued has lost its data", async () => {
  cloud.on(`GET /v2/images/${id}`, { json: image({ status: "queued" }) });
  const waiting = waitForImage(cloud.session(), id, { timeout: 5000, queuedWithin: 20, interval: 5 });
  await expect(waiting).rejects.toThrow("it is still queued, its data has got lost");
});

test("a Glance without hashes of its own is compared by MD5, and is found again by it", async () => {
  const md5 = createHash("md5").update(content).digest("hex");
  const old = { os_hash_algo: null, os_hash_value: null, checksum: md5 };
  empty().on(`GET /v2/images/${id}`, { json: image(old) });
  const stored = await store();
  expect(stored).toMatchObject({ hashAlgo: "md5", hashValue: md5 });
  expect(await isStored(cloud.session(), stored)).toBe(true);
  cloud.on(`GET /v2/images/${id}`, { json: image({ ...old, checksum: "0".repeat(32) }) });
  expect(await isStored(cloud.session(), stored)).toBe(false);
});
