/** Exports as the deploying side changes them, over a real sshd; exportfs is a script that tells what it was called for. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ShareExports } from "../../../deployer/share-exports";
import { Store } from "../../../deployer/store";
import { hostUser, type BuildExport } from "../../../model/share-export";
import { Sshd } from "./lib/sshd";

const asRoot = process.getuid?.() === 0;
const granted: BuildExport = {
  build: "debian-12-202601010000-0001",
  address: "10.60.0.7",
  recipe: "0".repeat(32),
  expires: "2026-01-02T00:00:00Z",
};
const other: BuildExport = { ...granted, build: "other-202601010000-0002", address: "10.60.0.70" };

let sshd: Sshd;
let directory: string;
let store: Store;
let granting: ShareExports;

beforeAll(async () => {
  sshd = await Sshd.start();
});
afterAll(async () => sshd.stop());

beforeEach(() => {
  directory = path.join(sshd.directory, "a share");
  rmSync(directory, { recursive: true, force: true });
  for (const name of ["leases", "builds", "cache", "released", "exports"])
    mkdirSync(path.join(directory, name), { recursive: true });
  const exportfs = path.join(sshd.directory, "exportfs");
  writeFileSync(exportfs, `#!/bin/sh\nls exports >>exported; echo "--" >>exported\n`);
  chmodSync(exportfs, 0o755);
  store = new Store(sshd.host("share"), directory);
  granting = new ShareExports(store, exportfs);
});

const at = (...parts: string[]): string => path.join(directory, ...parts);
const files = (): string[] => readdirSync(at("exports")).filter((name) => name.endsWith(".exports"));
const buildDirectory = at.bind(undefined, "builds", "debian-12", granted.build);

// changing owners is root's
(asRoot ? describe : describe.skip)("exports", () => {
  test("are added for the build's host, and taken back", async () => {
    await store.prepareBuild(granted.build);
    await granting.add(granted);
    expect(files()).toEqual([`${granted.build}.exports`]);
    expect(readFileSync(at("exported"), "utf8")).toBe(`${granted.build}.exports\n--\n`);
    await granting.remove(granted.build);
    expect(files()).toEqual([]);
    expect(readFileSync(at("exported"), "utf8")).toMatch(/--\n--\n$/);
    await granting.remove(granted.build);
  });

  test("the host owns what is in its directory but neither that nor what the deploying side writes", async () => {
    await store.prepareBuild(granted.build);
    await store.appendEvents(granted.build, []);
    writeFileSync(path.join(buildDirectory(), "events", "host.jsonl"), "");
    await granting.add(granted);
    const user = hostUser(granted.address);
    const owner = (...parts: string[]): number => statSync(path.join(buildDirectory(), ...parts)).uid;
    expect([owner(), owner("events"), owner("events", "deployer.jsonl")]).toEqual([0, 0, 0]);
    expect([owner("logs"), owner("artefacts"), owner("events", "host.jsonl")]).toEqual([user, user, user]);
    expect(statSync(buildDirectory()).mode & 0o7777).toBe(0o1770);
    expect(statSync(at("cache", "debian-12", granted.recipe)).uid).toBe(user);
    await granting.remove(granted.build);
    expect(owner("logs")).toBe(0);
  });

  test("adding again is safe, and follows the host to another address", async () => {
    await granting.add(granted);
    await granting.add({ ...granted, address: "10.60.0.9" });
    expect(files()).toHaveLength(1);
    expect(readFileSync(at("exports", `${granted.build}.exports`), "utf8")).toContain(" 10.60.0.9(rw,");
    expect(statSync(path.join(buildDirectory(), "logs")).uid).toBe(hostUser("10.60.0.9"));
  });

  test("what an earlier host had at the same address goes; an address that only begins the same stays", async () => {
    await granting.add({ ...other, build: "gone-202501010000-0003", address: granted.address });
    await granting.add(other);
    await granting.add(granted);
    expect(files()).toEqual([`${granted.build}.exports`, `${other.build}.exports`]);
  });

  test("the host gets a copy of the last release's manifest, which it can not change", async () => {
    writeFileSync(at("released", "debian-12.json"), "the last one");
    await granting.add(granted);
    const copy = path.join(buildDirectory(), "last-release.json");
    expect(readFileSync(copy, "utf8")).toBe("the last one");
    expect(statSync(copy).uid).toBe(0);
    await granting.add(other);
    expect(existsSync(at("builds", "other", other.build, "last-release.json"))).toBe(false);
  });

  test("several sessions at once do not lose each other's", async () => {
    const all = [1, 2, 3, 4].map((n) => ({ ...granted, build: `i${n}-202601010000-000${n}`, address: `10.60.0.${n}` }));
    await Promise.all(all.map((one) => granting.add(one)));
    expect(files()).toHaveLength(4);
  });
});
