/** Whose approval counts, and what becomes of old releases: real keys, a real server and volume on real images. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { deleteVolume, getVolume } from "../../../openstack/cinder";
import { deleteImage, getImage, updateImage } from "../../../openstack/glance";
import { createServer, deleteServer, flavorByName } from "../../../openstack/nova";
import { waitForActive, waitForServerGone } from "../../../openstack/nova-wait";
import { waitFor } from "../../../openstack/wait";
import { IMAGE, type Built, type Wrong } from "../../support/build-team";
import { endAgent, makeKey } from "../../support/openpgp-key";
import { Production } from "../../support/production";
import { REGIONS } from "../../support/projects";
import { all, lookAt } from "./outside";
import { FaultTable } from "./table";

const policy = { approvers: ["anna.asc"], keep: 1, deleteAfterDays: 30 };
const production = new Production({ publish: policy });
const table = new FaultTable("Policy");
let minute = 0;
let server: string | undefined;
let volume: string | undefined;
const keys: Record<string, string> = {};
beforeAll(async () => {
  await production.start();
  for (const name of ["anna", "bob"]) keys[name] = makeKey(production.file(name), production.file(`${name}.asc`));
});
afterAll(async () => {
  table.tell();
  await removeServer();
  if (volume !== undefined) {
    await deleteVolume(production.member("services", "RegionOne"), volume);
    await waitForVolume(volume, "gone");
  }
  for (const name of ["anna", "bob"]) endAgent(production.file(name));
  await production.end();
});

const build = (more?: Wrong, content?: Buffer): Promise<Built> => production.team.built((minute += 1), more, content);

describe("approval, where approvers are named", () => {
  let waiting: Built;
  const approveAs = async (name: string) =>
    production.factoryWith(
      { GNUPGHOME: production.file(name) },
      "publish",
      "approve",
      waiting.build,
      "--key",
      keys[name]!,
    );

  test("without a key it does not count", async () => {
    waiting = await build();
    const { code, output } = await production.factory("publish", "approve", waiting.build);
    expect([code, output]).toEqual([1, expect.stringContaining("say which key signs it")]);
    table.row("approve without a key", "exit 1", "nothing approved");
  });

  test("by somebody who is not listed it does not count", async () => {
    const { code, output } = await approveAs("bob");
    expect([code, output]).toEqual([1, expect.stringContaining("is none of publish.approvers")]);
    const { output: told } = await production.factory("publish");
    expect(told).toContain("waits for approval");
    expect(await production.records("approved", waiting.build)).toBe(0);
    table.row("approve with a key that is not listed", "exit 1, waits", "nothing approved");
  });

  test("by somebody who is listed it does, and the record has the signature", async () => {
    const { code } = await approveAs("anna");
    expect(code).toBe(0);
    const published = await production.factory("publish");
    expect([published.code, await lookAt(production)]).toEqual([0, all(waiting.build)]);
    expect(await production.records("approved", waiting.build)).toBe(1);
    table.row("approve with a listed key", "published", "record with its signature");
  });
});

/** Two empty disks of QEMU's own, so that Cinder can make volumes of them. */
function disk(): Buffer {
  const file = production.file(`disk-${minute}.qcow2`);
  execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", file, `${minute + 1}M`]);
  return readFileSync(file);
}

async function publishedWith(more?: Wrong): Promise<{ readonly next: Built; readonly output: string }> {
  const next = await build(more, disk());
  const { code, output } = await production.factory("publish", next.build);
  expect([code, output]).toEqual([0, expect.anything()]);
  return { next, output };
}
const released = async (more?: Wrong): Promise<Built> => (await publishedWith(more)).next;

const statuses = async ({ ids }: Built): Promise<(string | undefined)[]> =>
  Promise.all(REGIONS.map(async (region) => (await getImage(production.administrator(region), ids[region]!))?.status));
const set = async (region: string, { ids }: Built, path: string, value: string | boolean): Promise<void> =>
  void (await updateImage(production.administrator(region), ids[region]!, [{ op: "replace", path, value }]));

async function serverOn({ ids }: Built): Promise<string> {
  const session = production.member("services", "RegionOne");
  const { id } = await createServer(session, {
    name: `${production.run}-customer`,
    imageId: ids["RegionOne"]!,
    flavorId: (await flavorByName(session, "m1.nano")).id,
    // Nothing boots from an empty disk; that a server stands on it is what counts.
    zone: "qemu",
    networks: [],
  });
  await waitForActive(session, id, { timeout: 120_000, interval: 500 });
  return id;
}

async function removeServer(): Promise<void> {
  if (server === undefined) return;
  const session = production.member("services", "RegionOne");
  await deleteServer(session, server);
  await waitForServerGone(session, server, { timeout: 120_000, interval: 500 });
  server = undefined;
}

async function waitForVolume(id: string, wanted: string): Promise<void> {
  const look = async () => {
    const state = (await getVolume(production.member("services", "RegionOne"), id))?.status ?? "gone";
    return { state, ...(state === wanted && { done: state }) };
  };
  await waitFor(`volume ${id}`, look, { timeout: 300_000, interval: 500 });
}

async function volumeOf({ ids }: Built): Promise<string> {
  const session = production.member("services", "RegionOne");
  const json = { volume: { name: `${production.run}-customer`, size: 1, imageRef: ids["RegionOne"] } };
  const options = { service: "block-storage", method: "POST", path: "/volumes", json } as const;
  const { volume } = await session.json<{ volume: { id: string } }>(options);
  await waitForVolume(volume.id, "available");
  return volume.id;
}

test("old releases: deactivated at once, deleted when their time has come, and never what somebody needs", async () => {
  production.configure({ ...policy, approval: "automatic", approvers: [] });
  const booted = await released();
  server = await serverOn(booted);
  const copied = await released();
  volume = await volumeOf(copied);
  const shielded = await released();
  await set("RegionOne", shielded, "/protected", true);
  const promised = await released({ properties: { uuid_validity: "forever" } });
  const plain = await released();
  await released();
  const old = [booted, copied, shielded, promised, plain];
  const now = async (): Promise<unknown[]> => Promise.all(old.map(statuses));
  const [sleeps, active] = [
    ["deactivated", "deactivated"],
    ["active", "active"],
  ];
  expect(await now()).toEqual([sleeps, sleeps, sleeps, active, sleeps]);

  const past = new Date(Date.now() - 31 * 86_400_000).toISOString().slice(0, 10);
  for (const one of old) for (const region of REGIONS) await set(region, one, "/image_factory_retired", past);
  const { output } = await publishedWith();
  // The second region has neither Nova nor Cinder to ask.
  expect(output).toContain("RegionTwo: whether something stands on old images can not be told: they are kept");
  const half = [undefined, "deactivated"];
  expect(await now()).toEqual([sleeps, sleeps, sleeps, active, half]);
  table.row("old, a server stands on it", "deactivated, kept", "deleted when the server is gone");
  table.row("old, a volume was made of it", "deactivated, kept", "kept");
  table.row("old, protected", "deactivated, kept", "deleted when it is not any more");
  table.row("old, its id was promised (uuid_validity)", "active, kept", "kept");
  table.row("old, its time has come", "deactivated, kept until then", "deleted");
  table.row("old, in a region that can not tell who uses it", "deactivated, kept", "kept, and said");

  const file = `images/${IMAGE}/${plain.build}/${plain.build}.qcow2`;
  expect(await production.released(file)).toBeDefined();
  await deleteImage(production.administrator("RegionTwo"), plain.ids["RegionTwo"]!);
  await removeServer();
  await set("RegionOne", shielded, "/protected", false);
  const { next } = await publishedWith();
  expect(await now()).toEqual([half, sleeps, half, active, [undefined, undefined]]);
  expect(await lookAt(production)).toEqual(all(next.build));

  expect(await production.released(file)).toBeUndefined();
  expect(await production.released(`images/${IMAGE}/${plain.build}/packages.txt`)).toContain("base-files");
  expect(await production.released(`images/${IMAGE}/${plain.build}/index.html`)).toContain("kept no longer");
  table.row("no region has it any more", "page, files", "its image file is gone, all else is there");
});
