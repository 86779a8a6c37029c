/** The share and its leases, over a real sshd. */
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { keepRenewing, LeaseHeld, LeaseKeeper } from "../../../deployer/lease";
import { sessionIdentity } from "../../../deployer/session-identity";
import { Store } from "../../../deployer/store";
import type { BuildEvent } from "../../../model/events";
import type { Lease, LeaseHolder } from "../../../model/lease";
import { Sshd } from "./lib/sshd";

const image = "debian-12";
const build = "debian-12-202601010000-0001";
const other = "debian-12-202601010000-0002";

let sshd: Sshd;
let directory: string;
let store: Store;
let holder: LeaseHolder;

beforeAll(async () => {
  sshd = await Sshd.start();
  holder = await sessionIdentity();
});
afterAll(async () => sshd.stop());

beforeEach(() => {
  directory = path.join(sshd.directory, "the share");
  rmSync(directory, { recursive: true, force: true });
  for (const name of ["leases", "builds", "released"]) mkdirSync(path.join(directory, name), { recursive: true });
  store = new Store(sshd.host("share"), directory);
});

const lease = (fields: Partial<Lease> = {}): Lease => ({
  image,
  build,
  holder: { user: "alice", host: "elsewhere", pid: 4711, started: "tick 1" },
  since: "2026-01-01T12:03:00.000Z",
  renewed: new Date().toISOString(),
  expires: new Date(Date.now() + 60_000).toISOString(),
  ...fields,
});
const leaseFile = (): string => path.join(directory, "leases", `${image}.json`);
/** At once, as the keeper does it: a reader must not find the file empty. */
function write(value: unknown): void {
  writeFileSync(`${leaseFile()}.new`, JSON.stringify(value));
  renameSync(`${leaseFile()}.new`, leaseFile());
}

/** A host's sign of life in its build's directory. */
function beat(of: string, content: unknown): string {
  const file = path.join(directory, "builds", image, of, "heartbeat.json");
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(content));
  return file;
}

describe("the lease", () => {
  test("a free one is taken, renewed and given back", async () => {
    const keeper = new LeaseKeeper(store, holder);
    expect(await keeper.take(image, build, 60)).toBe("free");
    const taken = JSON.parse(readFileSync(leaseFile(), "utf8")) as Lease;
    expect(taken).toMatchObject({ image, build, holder });
    await keeper.renew(image, build, 120);
    const renewed = JSON.parse(readFileSync(leaseFile(), "utf8")) as Lease;
    expect(Date.parse(renewed.expires)).toBeGreaterThan(Date.parse(taken.expires));
    expect(renewed.since).toBe(taken.since);
    expect(await keeper.release(image, build)).toBe(true);
    expect(existsSync(leaseFile())).toBe(false);
    expect(await keeper.release(image, build)).toBe(false);
  });

  test("a live holder's is refused by name", async () => {
    write(lease());
    const keeper = new LeaseKeeper(store, holder);
    await expect(keeper.take(image, other, 60)).rejects.toThrow(
      /^image debian-12: being built by alice@elsewhere \(process 4711\)/,
    );
    await expect(keeper.take(image, other, 60)).rejects.toBeInstanceOf(LeaseHeld);
    expect(await keeper.release(image, other)).toBe(false);
    expect(JSON.parse(readFileSync(leaseFile(), "utf8"))).toMatchObject({ holder: { user: "alice" } });
  });

  test("one whose holder died on this machine is taken over", async () => {
    write(lease({ holder: { ...holder, pid: 2 ** 22 + 1 } }));
    expect(await new LeaseKeeper(store, holder).take(image, other, 60)).toBe("holder-gone");
  });

  test("while its host beats nobody takes it for another build, but this build may be attached to", async () => {
    write(lease({ expires: new Date(Date.now() - 1000).toISOString() }));
    beat(build, { build, time: new Date().toISOString() });
    const keeper = new LeaseKeeper(store, holder);
    await expect(keeper.take(image, other, 60)).rejects.toThrow(`build ${build} is running on its host`);
    expect(await keeper.take(image, build, 60)).toBe("attach");
  });

  test("a host beats for its own build only, whatever it writes, and the youngest beat counts", async () => {
    write(lease({ expires: new Date(Date.now() - 1000).toISOString() }));
    const old = beat("debian-12-202501010000-0009", { build: "x", time: "2025-01-01T00:00:00Z" });
    utimesSync(old, new Date(Date.now() - 60_000), new Date(Date.now() - 60_000));
    beat(build, { build: other, time: new Date().toISOString() });
    const keeper = new LeaseKeeper(store, holder);
    expect((await keeper.look(image)).heartbeat?.build).toBe(build);
    await expect(keeper.take(image, other, 60)).rejects.toThrow(`build ${build} is running on its host`);
  });

  test("to destroy a build that nobody builds, another build's lease is no hindrance", async () => {
    write(lease());
    const keeper = new LeaseKeeper(store, holder);
    expect(await keeper.takeToDestroy(image, other, 60)).toBe(false);
    await expect(keeper.takeToDestroy(image, build, 60)).rejects.toBeInstanceOf(LeaseHeld);
  });

  test("nor is another build that runs on its host while nobody follows it", async () => {
    beat(build, { build, time: new Date().toISOString() });
    expect(await new LeaseKeeper(store, holder).takeToDestroy(image, other, 60)).toBe(false);
  });

  test("a broken file is one line that says what to do", async () => {
    writeFileSync(leaseFile(), "{");
    await expect(new LeaseKeeper(store, holder).take(image, build, 60)).rejects.toThrow(
      /debian-12\.json: is no lease; remove it/,
    );
  });

  test("a share that is not mounted is told as such", async () => {
    rmSync(path.join(directory, "leases"), { recursive: true });
    await expect(new LeaseKeeper(store, holder).take(image, build, 60)).rejects.toThrow("the share is not there");
  });

  test("of two processes that race for it exactly one gets it", async () => {
    const racer = path.join(__dirname, "lib", "lease-racer.ts");
    const race = async (pid: number): Promise<string> => {
      const args = ["-r", "./toolchain/register.js", racer, store.host.configFile, directory, String(pid)];
      return (await promisify(execFile)(process.execPath, args)).stdout.trim();
    };
    const results = (await Promise.all([race(1), race(2), race(3)])).sort();
    expect(results[0]).toBe("granted free");
    expect(results.slice(1)).toEqual([
      expect.stringMatching(/^refused .* being built by user/),
      expect.stringMatching(/^refused/),
    ]);
  });

  test("renewing goes on until somebody else has it", async () => {
    const keeper = new LeaseKeeper(store, holder);
    await keeper.take(image, build, 60);
    const before = readFileSync(leaseFile(), "utf8");
    const lost = new Promise<string>((resolve) => {
      keepRenewing(keeper, { image, build }, ({ message }) => resolve(message), 0.1);
    });
    while (readFileSync(leaseFile(), "utf8") === before) await new Promise((resolve) => setTimeout(resolve, 50));
    write(lease({ build: other }));
    expect(await lost).toMatch(
      /^image debian-12: the lease of build debian-12-202601010000-0001 was lost; .*alice@elsewhere/,
    );
  });

  test("renewing ends with the deploy that it belongs to", async () => {
    const gone = new LeaseKeeper(store, { ...holder, pid: 2 ** 22 + 1 });
    const lost = new Promise<string>((resolve) => {
      keepRenewing(gone, { image, build }, ({ message }) => resolve(message), 0.05);
    });
    expect(await lost).toBe(`build ${build}: the deploy that followed it has ended`);
  });
});

test("an image's retention is there for the NFS server, the latest alone", async () => {
  await store.writeRetention(image, { builds: 3 });
  await store.writeRetention(image, { buildDays: 9 });
  expect(readFileSync(path.join(directory, "retention", `${image}.json`), "utf8")).toBe('{"buildDays":9}\n');
});

describe("events", () => {
  const event = (fields: Partial<BuildEvent>): BuildEvent => ({
    time: "2026-01-01T00:00:00.000Z",
    build,
    stage: "initialise",
    state: "started",
    ...fields,
  });

  test("are appended and read, each writer's apart", async () => {
    await store.prepareBuild(build);
    await store.appendEvents(build, [event({}), event({ state: "succeeded", message: `it's "fine" $HOME` })]);
    writeFileSync(
      path.join(directory, "builds", image, build, "events", "host.jsonl"),
      `${JSON.stringify(event({ stage: "checkout" }))}\n{"cut`,
    );
    const { events } = await store.readBuild(build);
    expect(events["deployer.jsonl"]?.map(({ message }) => message)).toEqual([undefined, `it's "fine" $HOME`]);
    expect(events["host.jsonl"]).toHaveLength(1);
  });

  test("go on after a line that a crash cut off", async () => {
    const file = path.join(directory, "builds", image, build, "events", "deployer.jsonl");
    await store.appendEvents(build, [event({})]);
    writeFileSync(file, readFileSync(file, "utf8").slice(0, -1));
    await store.appendEvents(build, [event({ state: "succeeded" })]);
    expect((await store.readBuild(build)).events["deployer.jsonl"]).toHaveLength(2);
  });

  test("of a build that is not there are none", async () => {
    expect((await store.readBuild(build)).events).toEqual({});
  });

  test("builds are listed newest first, as many of each image as asked for", async () => {
    const ids = [
      "debian-12-202601010000-0001",
      "debian-12-202601020000-0002",
      "debian-12-202601030000-0003",
      "a.b-202601021200-0004",
    ];
    for (const id of ids) await store.appendEvents(id, [{ ...event({}), build: id }]);
    const listed = await store.listBuilds(undefined, 2);
    expect(listed.map((one) => one.build)).toEqual([ids[2], ids[3], ids[1]]);
    expect(listed[0]?.events["deployer.jsonl"]).toHaveLength(1);
    expect((await store.listBuilds("a.b", 10)).map((one) => one.build)).toEqual([ids[3]]);
    expect(await store.listBuilds("nothing", 10)).toEqual([]);
  });

  test("what one host writes neither hides nor forges another build, and no pipe of its makes us wait", async () => {
    const ids = ["debian-12-202601010000-0001", "debian-12-202601020000-0002"] as const;
    for (const id of ids) await store.appendEvents(id, [{ ...event({}), build: id }]);
    const events = path.join(directory, "builds", image, ids[0], "events");
    const forged = JSON.stringify(event({ build: ids[1], state: "failed" }));
    writeFileSync(path.join(events, "host.jsonl"), `@@ debian-12/${ids[1]}/host.jsonl\n${forged}\n{\n{\n`);
    execFileSync("mkfifo", [path.join(events, "pipe.jsonl")]);
    const listed = await store.listBuilds(image, 10);
    expect(listed.map((one) => Object.keys(one.events))).toEqual([["deployer.jsonl"], ["deployer.jsonl"]]);
    expect(listed[0]?.events["deployer.jsonl"]).toEqual([{ ...event({}), build: ids[1] }]);
  });

  test("leases of all images are listed", async () => {
    expect(await store.leases()).toEqual(new Map());
    write(lease());
    expect([...(await store.leases()).keys()]).toEqual([image]);
  });
});
