/** The program as the NFS server runs it, on a share in a directory. */
import { execFile, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { STAGES } from "../../../model/stages";
import { exportText } from "../../../model/share-export";

const repository = path.join(__dirname, "..", "..", "..");
const bundles = mkdtempSync(path.join(tmpdir(), "prune-bundle-"));
const program = path.join(bundles, "prune.js");
const DAY = 24 * 3_600_000;
const KIB = Buffer.alloc(64 * 1024, "x");

let root: string;
const at = (...parts: string[]): string => path.join(root, "srv", "factory", ...parts);
const write = (file: string, content: string | Buffer = ""): void => {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
};

beforeAll(() => {
  const esbuild = path.join(repository, "node_modules/.bin/esbuild");
  const args = ["share/prune.ts", "--bundle", "--platform=node", "--target=node18", `--outfile=${program}`];
  const { status, stderr } = spawnSync(esbuild, [...args, "--log-level=error"], { cwd: repository, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
});
afterAll(() => rmSync(bundles, { recursive: true }));

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "prune-"));
  for (const name of ["leases", "exports", "builds", "cache", "released"]) mkdirSync(at(name), { recursive: true });
  write(path.join(root, "etc/factory/retention.json"), '{"builds":1,"buildDays":30,"cacheGiB":1}');
  const exportfs = path.join(root, "usr/sbin/exportfs");
  write(exportfs, `#!/bin/sh\necho "$@" >>"${root}/exportfs-called"\n`);
  chmodSync(exportfs, 0o755);
});
afterEach(() => rmSync(root, { recursive: true }));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}
function prune(...flags: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...flags, "--root", root], (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

/** A build that began and ended so many days ago, with a disk image and a log. Gives its id. */
function build(days: number, { image = "debian-12", good = true } = {}): string {
  const time = new Date(Date.now() - days * DAY);
  const id = `${image}-${time.toISOString().replace(/\D/g, "").slice(0, 12)}-0000`;
  const stages = good ? STAGES : STAGES.slice(0, 5);
  const events = stages.map(({ name: stage }) =>
    JSON.stringify({ time: time.toISOString(), build: id, stage, state: "succeeded" }),
  );
  write(at("builds", image, id, "events", "host.jsonl"), `${events.join("\n")}\n`);
  write(at("builds", image, id, "artefacts", `${id}.qcow2`), KIB);
  write(at("builds", image, id, "logs", "07-build-image.log"), "log");
  return id;
}
const builds = (image = "debian-12"): string[] =>
  existsSync(at("builds", image)) ? readdirSync(at("builds", image)) : [];
const disk = (id: string): boolean => existsSync(at("builds", "debian-12", id, "artefacts", `${id}.qcow2`));
const lease = (id: string, seconds: number): void => {
  const holder = { user: "ann", host: "desk", pid: 1, started: "x" };
  const [now, expires] = [new Date(), new Date(Date.now() + seconds * 1000)].map((time) => time.toISOString());
  const value = { image: "debian-12", build: id, holder, since: now, renewed: now, expires };
  write(at("leases", "debian-12.json"), JSON.stringify(value));
};
const exported = (id: string, expiresInDays: number): void =>
  write(
    at("exports", `${id}.exports`),
    exportText("/srv/factory", {
      build: id,
      address: "10.0.0.7",
      recipe: "ab",
      expires: new Date(Date.now() + expiresInDays * DAY).toISOString(),
    }),
  );

test("keeps what the policy keeps, drops disk images of older builds, deletes old ones", async () => {
  const [newest, older, old] = [build(1), build(2), build(40)];
  const { code, out } = await prune();
  expect(code).toBe(0);
  expect(builds().sort()).toEqual([older, newest].sort());
  expect([disk(newest), disk(older)]).toEqual([true, false]);
  expect(out).toMatch(new RegExp(`^deleted the disk image of ${older} \\(0 MiB\\): not among the 1 newest$`, "m"));
  expect(out).toMatch(new RegExp(`^deleted ${old} .*40 days old`, "m"));
  expect(out).toMatch(/^freed 0 MiB; \d+ % of the share are free$/m);
  const note = JSON.parse(readFileSync(at("builds", "debian-12", older, "pruned.json"), "utf8")) as object;
  expect(note).toMatchObject({ files: [`artefacts/${older}.qcow2`] });
  expect(existsSync(at("builds", "debian-12", older, "logs", "07-build-image.log"))).toBe(true);
  expect(readdirSync(at("deleted"))).toEqual([]);
});

test("an image's own retention wins over the factory's, for this image alone", async () => {
  const ids = [build(1), build(2), build(40), build(8, { image: "other" }), build(9, { image: "other" })];
  write(at("retention", "debian-12.json"), '{"builds":2,"buildDays":41}');
  write(at("retention", "other.json"), '{"buildDays":9}');
  expect((await prune()).code).toBe(0);
  expect(builds().sort()).toEqual(ids.slice(0, 3).sort());
  expect(ids.slice(0, 3).map(disk)).toEqual([true, true, false]);
  expect(builds("other")).toEqual([ids[3]]);
});

test("a dry run tells the same, and why the rest stays, and deletes nothing", async () => {
  const ids = [build(1), build(2), build(40)];
  const { out } = await prune("--dry-run");
  expect(builds().sort()).toEqual([...ids].sort());
  expect(ids.every(disk)).toBe(true);
  expect(out).toMatch(new RegExp(`^keeps ${ids[0]} .*the image's last good build$`, "m"));
  expect(out).toMatch(new RegExp(`^would delete the disk image of ${ids[1]} `, "m"));
  expect(out).toMatch(new RegExp(`^would delete ${ids[2]} `, "m"));
});

test("never the last good build, one with a lease, an export, a live host, or the last release", async () => {
  const good = build(100);
  const failed = [50, 51, 52, 53, 54].map((days) => build(days, { good: false }));
  const [, leased = "", shared = "", alive = "", released = ""] = failed;
  lease(leased, 60);
  exported(shared, 1);
  write(at("builds", "debian-12", alive, "heartbeat.json"), "{}");
  const inputs = { recipe: { digest: "d" }, builder: {}, repositories: {} };
  write(at("released", "debian-12.json"), JSON.stringify({ version: 1, build: released, image: "debian-12", inputs }));
  expect((await prune()).code).toBe(0);
  expect(builds().sort()).toEqual([good, ...failed].sort());
  // nothing holds on to them any more
  lease(leased, -1);
  rmSync(at("exports", `${shared}.exports`));
  const past = new Date(Date.now() - DAY);
  utimesSync(at("builds", "debian-12", alive, "heartbeat.json"), past, past);
  rmSync(at("released", "debian-12.json"));
  await prune();
  expect(builds().sort()).toEqual([good, failed[0]].sort());
});

test("a sign of life from the future is none", async () => {
  build(1);
  const old = build(40);
  write(at("builds", "debian-12", old, "heartbeat.json"), "{}");
  const future = new Date(Date.now() + 400 * DAY);
  utimesSync(at("builds", "debian-12", old, "heartbeat.json"), future, future);
  await prune();
  expect(builds()).not.toContain(old);
});

describe("a listing that fails deletes nothing", () => {
  test.each([
    ["a lease that is none", () => write(at("leases", "debian-12.json"), "{")],
    ["an export that is none", () => write(at("exports", "x.exports"), "/srv *(rw)\n")],
    ["a release that is none", () => write(at("released", "other.json"), "{}")],
    ["a share that is not mounted", () => rmSync(at("leases"), { recursive: true })],
    ["a policy that is none", () => write(path.join(root, "etc/factory/retention.json"), '{"builds":0}')],
    ["an image's retention that is none", () => write(at("retention", "other.json"), '{"builds":0}')],
    ["an image's retention that is cut off", () => write(at("retention", "other.json"), '{"builds":')],
    ["builds that can not be listed", () => write(at("builds", "a-file"))],
  ])("%s", async (_, damage) => {
    const ids = [build(1), build(40), build(41, { image: "other" }), build(1, { image: "other" })];
    damage();
    const { code, err } = await prune();
    expect(code).toBe(1);
    expect(err).toMatch(/^prune: .+\n$/);
    expect([...builds(), ...builds("other")].sort()).toEqual([...ids].sort());
  });
});

test("a build whose events make no sense stays, and hinders nobody", async () => {
  build(1);
  const [broken, old] = [build(40), build(41)];
  write(at("builds", "debian-12", broken, "events", "host.jsonl"), "{\n{\n");
  const { code, out } = await prune("--dry-run");
  expect(code).toBe(0);
  expect(out).toMatch(new RegExp(`^keeps ${broken} .*its events can not be read`, "m"));
  await prune();
  expect(builds()).toContain(broken);
  expect(builds()).not.toContain(old);
});

test("links that a host left lead nowhere", async () => {
  const outside = path.join(root, "outside");
  write(path.join(outside, "artefacts", "precious.qcow2"), KIB);
  const [, older, old] = [build(1), build(2), build(40)];
  symlinkSync(path.join(outside, "artefacts"), at("builds", "debian-12", old, "link"));
  rmSync(at("builds", "debian-12", older, "artefacts"), { recursive: true });
  symlinkSync(path.join(outside, "artefacts"), at("builds", "debian-12", older, "artefacts"));
  expect((await prune()).code).toBe(0);
  expect(builds()).not.toContain(old);
  expect(readFileSync(path.join(outside, "artefacts", "precious.qcow2"))).toEqual(KIB);
});

test("an export whose time is over and whose host is silent ends; its build is judged like any other", async () => {
  build(1);
  const [stale, live] = [build(40), build(41)];
  exported(stale, -1);
  exported(live, -1);
  write(at("builds", "debian-12", live, "heartbeat.json"), "{}");
  const { out } = await prune();
  expect(out).toContain(`ended the export of build ${stale} to 10.0.0.7`);
  expect(readdirSync(at("exports")).filter((name) => !name.startsWith("."))).toEqual([`${live}.exports`]);
  expect(readFileSync(path.join(root, "exportfs-called"), "utf8")).toBe("-r\n");
  expect(builds()).not.toContain(stale);
  expect(builds()).toContain(live);
});

test("the cache loses what was not used for long, but for what a host has mounted", async () => {
  const id = build(1);
  exported(id, 1);
  const past = new Date(Date.now() - 31 * DAY);
  for (const name of ["debian-12/ab/base", "debian-12/cd/base", "debian-12/cd/new"]) {
    write(at("cache", name), KIB);
    if (!name.endsWith("new")) utimesSync(at("cache", name), past, past);
  }
  const { out } = await prune();
  expect(out).toMatch(/^deleted cache\/debian-12\/cd\/base \(0 MiB\): not used for 31 days$/m);
  expect(existsSync(at("cache", "debian-12", "ab", "base"))).toBe(true);
  expect(existsSync(at("cache", "debian-12", "cd", "new"))).toBe(true);
});

test("waits while a lease is being changed", async () => {
  build(1);
  const old = build(40);
  const holder = execFile("flock", [at("leases", "debian-12.lock"), "sleep", "1"]);
  while (!existsSync(at("leases", "debian-12.lock"))) await new Promise((resolve) => setTimeout(resolve, 10));
  const pruned = prune();
  await new Promise((resolve) => holder.on("close", resolve));
  expect((await pruned).code).toBe(0);
  expect(builds()).not.toContain(old);
});

describe("the health check", () => {
  test("tells the cache's size and when it was pruned", async () => {
    expect((await prune("--check")).out).toBe("cache 0.0 of 1 GiB, not pruned yet\n");
    await prune();
    expect((await prune("--check")).out).toMatch(/^cache 0\.0 of 1 GiB, last pruned 20/);
  });

  test("fails when nothing has been pruned for two nights", async () => {
    const time = new Date(Date.now() - 3 * DAY).toISOString();
    write(path.join(root, "var/lib/factory/prune.json"), JSON.stringify({ time }));
    expect(await prune("--check")).toMatchObject({
      code: 1,
      err: expect.stringContaining(`last pruned ${time}`) as string,
    });
  });

  test("fails when the cache is beyond its bound", async () => {
    spawnSync("fallocate", ["-l", "1200M", path.join(root, "big")]);
    mkdirSync(at("cache", "x"));
    spawnSync("mv", [path.join(root, "big"), at("cache", "x", "big")]);
    expect(await prune("--check")).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^prune: cache 1\.2 of 1 GiB/) as string,
    });
    const { out } = await prune();
    expect(out).toMatch(/^deleted cache\/x\/big \(1200 MiB\): beyond the bound of 1 GiB$/m);
  });
});

test("wrong usage exits with 2", async () => {
  expect(await prune("--all")).toMatchObject({ code: 2, err: 'prune: unknown argument "--all"; see --help\n' });
  expect((await prune("--dry-run", "--check")).code).toBe(2);
});
