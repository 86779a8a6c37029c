import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { storeImage } from "../../../../stages/lib/glance-store";
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

const store = async (): ReturnType<typeof storeImage> =>
  storeImage({
    region: "one",
    session: cloud.session({ retry: { attempts: 1 } }),
    image: { name: "b1", diskFormat: "qcow2", tags: ["build=b1"] },
    file,
    activeWithin: 2000,
    signal: new AbortController().signal,
    log: (line) => lines.push(line),
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
