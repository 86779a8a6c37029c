/** Whose approval counts, and what becomes of old releases: real keys, a real server and volume on real images. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { deleteVolume, getVolume } from "../../../openstack/cinder";
import { getImage, updateImage } from "../../../openstack/glance";
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
const keys: Record<string, string> = {};
beforeAll(async () => {
  await production.start();
  for (const name of ["anna", "bob"]) keys[name] = makeKey(production.file(name), production.file(`${name}.asc`));
});
afterAll(async () => {
  table.tell();
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

async function released(more?: Wrong): Promise<Built> {
  const one = await build(more, disk());
  const { code, output } = await production.factory("publish", one.build);
  expect([code, output]).toEqual([0, expect.anything()]);
  return one;
}

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
  const customer = production.member("services", "RegionOne");
  const booted = await released();
  const server = await serverOn(booted);
  const copied = await released();
  const volume = await volumeOf(copied);
  await set("RegionTwo", copied, "/protected", true);
  const promised = await released({ properties: { uuid_validity: "forever" } });
  const plain = await released();
  await released();
  const old = [booted, copied, promised, plain];
  const now = async (): Promise<unknown[]> => Promise.all(old.map(statuses));
  const sleeps = ["deactivated", "deactivated"];
  expect(await now()).toEqual([sleeps, sleeps, ["active", "active"], sleeps]);

  const past = new Date(Date.now() - 31 * 86_400_000).toISOString().slice(0, 10);
  for (const one of old) for (const region of REGIONS) await set(region, one, "/image_factory_retired", past);
  const last = await released();
  expect(await now()).toEqual([
    ["deactivated", undefined],
    ["deactivated", "deactivated"],
    ["active", "active"],
    [undefined, undefined],
  ]);
  table.row("old, a server stands on it in one region", "deactivated, kept there", "deleted in the other");
  table.row("old, a volume was made of it; protected in the other", "deactivated, kept", "kept");
  table.row("old, its id was promised (uuid_validity)", "active, kept", "kept");
  table.row("old, its time has come", "deactivated, kept until then", "deleted, and its image file");

  expect(await production.released(`images/${IMAGE}/${plain.build}/${plain.build}.qcow2`)).toBeUndefined();
  expect(await production.released(`images/${IMAGE}/${plain.build}/packages.txt`)).toContain("base-files");
  expect(await production.released(`images/${IMAGE}/${plain.build}/index.html`)).toContain("kept no longer");
  expect(await production.released(`images/${IMAGE}/${copied.build}/${copied.build}.qcow2`)).toBeDefined();

  await deleteServer(customer, server);
  await waitForServerGone(customer, server, { timeout: 120_000, interval: 500 });
  await set("RegionTwo", copied, "/protected", false);
  const next = await released();
  expect(await now()).toEqual([
    [undefined, undefined],
    ["deactivated", undefined],
    ["active", "active"],
    [undefined, undefined],
  ]);
  expect(await lookAt(production)).toEqual(all(next.build));
  expect(last.build).not.toBe(next.build);
  await deleteVolume(customer, volume);
  await waitForVolume(volume, "gone");
});
