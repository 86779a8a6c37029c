import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import * as cinder from "../../../openstack/cinder";
import * as swift from "../../../openstack/swift";
import { CleanUp, session, unique } from "./support";

const cloud = session();
const cleanUp = new CleanUp();
const folder = mkdtempSync(path.join(os.tmpdir(), "storage-"));
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await cleanUp.now();
});

test("objects: stored, listed, read, stored only once, deleted; the container with them", async () => {
  const bucket = unique("bucket");
  expect(await swift.headContainer(cloud, bucket)).toBeUndefined();
  await swift.putContainer(cloud, bucket, { image_factory: "test" });
  cleanUp.later(() => swift.deleteContainer(cloud, bucket));
  await swift.putContainer(cloud, bucket);
  expect(await swift.headContainer(cloud, bucket)).toMatchObject({ objects: 0, metadata: { "image-factory": "test" } });
  expect((await swift.listContainers(cloud)).map((one) => one.name)).toContain(bucket);

  const name = "debian-12/build 1/ärtefact?.txt";
  expect(await swift.putObject(cloud, bucket, name, "one", { ifAbsent: true, metadata: { build: "1" } })).toBe("stored");
  cleanUp.later(() => swift.deleteObject(cloud, bucket, name));
  expect(await swift.putObject(cloud, bucket, name, "two", { ifAbsent: true })).toBe("exists");
  expect((await swift.getObject(cloud, bucket, name))?.toString()).toBe("one");
  expect(await swift.headObject(cloud, bucket, name)).toMatchObject({ bytes: 3, metadata: { build: "1" } });
  expect((await swift.listObjects(cloud, bucket, "debian-12/")).map((one) => one.name)).toEqual([name]);
  expect(await swift.listObjects(cloud, bucket, "debian-13/")).toEqual([]);
  expect(await swift.deleteContainer(cloud, bucket)).toBe("not-empty");

  const file = path.join(folder, "file");
  const copy = path.join(folder, "copy");
  writeFileSync(file, randomBytes(3 * 1024 * 1024));
  await swift.putFile(cloud, bucket, "file", file);
  cleanUp.later(() => swift.deleteObject(cloud, bucket, "file"));
  await swift.downloadObject(cloud, bucket, "file", copy);
  expect(readFileSync(copy).equals(readFileSync(file))).toBe(true);
  await expect(swift.getObject(cloud, bucket, "file", 1024)).rejects.toThrow(/longer than 1024 bytes/);

  for (const one of [name, "file"]) expect(await swift.deleteObject(cloud, bucket, one)).toBe(true);
  expect(await swift.deleteObject(cloud, bucket, name)).toBe(false);
  expect(await swift.getObject(cloud, bucket, name)).toBeUndefined();
  expect(await swift.deleteContainer(cloud, bucket)).toBe("deleted");
  expect(await swift.deleteContainer(cloud, bucket)).toBe("gone");
});

test("a volume's life", async () => {
  const name = unique("volume");
  const metadata = { image_factory_build: name };
  const { id } = await cinder.createVolume(cloud, { name, sizeGiB: 1, metadata });
  cleanUp.later(() => cinder.deleteVolume(cloud, id));
  const volume = await cinder.waitForVolume(cloud, id, "available", { timeout: 60_000, interval: 500 });
  expect(volume).toMatchObject({ name, size: 1, metadata });
  expect((await cinder.listVolumes(cloud, { metadata })).map((one) => one.id)).toEqual([id]);
  expect((await cinder.listVolumes(cloud, { name })).map((one) => one.id)).toEqual([id]);
  expect((await cinder.volumeLimits(cloud)).volumes.used).toBeGreaterThan(0);
  expect(await cinder.deleteVolume(cloud, id)).toBe(true);
  await cinder.waitForVolumeGone(cloud, id, { timeout: 60_000, interval: 500 });
  expect(await cinder.deleteVolume(cloud, id)).toBe(false);
});
