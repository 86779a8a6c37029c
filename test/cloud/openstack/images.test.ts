import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import {
  createImage,
  deleteImage,
  downloadImage,
  getImage,
  listImages,
  updateImage,
  uploadImage,
  waitForImage,
} from "../../../openstack/glance";
import { CleanUp, session, unique } from "./support";

const cleanUp = new CleanUp();
const folder = mkdtempSync(path.join(os.tmpdir(), "images-"));
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await cleanUp.now();
});

const content = randomBytes(5 * 1024 * 1024);
const sha512 = createHash("sha512").update(content).digest("hex");

test.each([
  ["build", "RegionOne"],
  ["build-r2", "RegionTwo"],
])("an image's life as %s in %s", async (cloud, region) => {
  const glance = session(cloud, region);
  const file = path.join(folder, `${region}.raw`);
  writeFileSync(file, content);
  const name = unique("image, with a comma");
  const tags = [`factory=${unique("tag")}`, "os:debian"];
  const properties = { os_distro: "debian", image_factory_build: unique("build") };

  const created = await createImage(glance, { name, diskFormat: "raw", minDiskGiB: 1, minRamMiB: 64, tags, properties });
  cleanUp.later(() => deleteImage(glance, created.id));
  expect(created).toMatchObject({ status: "queued", visibility: "private", min_disk: 1, ...properties });

  await uploadImage(glance, created.id, file);
  const image = await waitForImage(glance, created.id, { timeout: 60_000, interval: 200 });
  expect(image).toMatchObject({ size: content.length, os_hash_algo: "sha512", os_hash_value: sha512 });

  for (const filter of [{ name }, { tags }, { properties }]) {
    expect((await listImages(glance, filter)).map((one) => one.id)).toEqual([image.id]);
  }
  expect(await listImages(glance, { name, tags: ["another"] })).toEqual([]);

  const copy = path.join(folder, `${region}.copy`);
  await downloadImage(glance, image.id, copy);
  expect(readFileSync(copy).equals(content)).toBe(true);

  await updateImage(glance, image.id, [{ op: "replace", path: "/name", value: `${name} new` }]);
  expect((await getImage(glance, image.id))?.name).toBe(`${name} new`);
  await expect(uploadImage(glance, image.id, file)).rejects.toThrow(new RegExp(`^${cloud}/${region}: image PUT .* 40\\d: `));

  expect(await deleteImage(glance, image.id)).toBe(true);
  expect(await deleteImage(glance, image.id)).toBe(false);
  expect(await getImage(glance, image.id)).toBeUndefined();
  await expect(waitForImage(glance, image.id, { timeout: 1000 })).rejects.toThrow(/it is gone/);
});

test("a member may not make an image public", async () => {
  const glance = session();
  const image = await createImage(glance, { name: unique("image"), diskFormat: "raw" });
  cleanUp.later(() => deleteImage(glance, image.id));
  const change = { op: "replace", path: "/visibility", value: "public" } as const;
  await expect(updateImage(glance, image.id, [change])).rejects.toThrow(/: 403: /);
});
