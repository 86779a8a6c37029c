import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseEvents, stageStatuses, type BuildEvent } from "../../../model/events";
import { HOST_PATHS, type BuildPlan } from "../../../model/plan";
import { HOST_STAGES } from "../../../model/stages";
import { layout } from "../../../stages/lib/layout";
import { BUILD, PLAN } from "./plan";

const repository = path.join(__dirname, "../../..");
const bundles = mkdtempSync(path.join(tmpdir(), "bundle-"));
const bundle = path.join(bundles, "fake-runner.js");

function esbuild(entry: string, outfile: string): void {
  const args = [entry, "--bundle", "--platform=node", "--target=node18", "--format=cjs", `--outfile=${outfile}`];
  const program = path.join(repository, "node_modules/.bin/esbuild");
  const { status, stderr } = spawnSync(program, [...args, "--log-level=error"], { cwd: repository, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

beforeAll(() => esbuild("test/unit/stages/fixtures/fake-runner.ts", bundle));
afterAll(() => rmSync(bundles, { recursive: true }));

/** A build host in a directory. */
class Host {
  readonly root = mkdtempSync(path.join(tmpdir(), "host-"));
  readonly paths = layout(PLAN, this.root);

  constructor() {
    this.plan({});
    mkdirSync(path.dirname(this.paths.heartbeat), { recursive: true });
    mkdirSync(this.paths.secrets, { recursive: true });
  }

  /** Hands over the plan with these changes. */
  plan(changes: Partial<BuildPlan>): void {
    const plan = path.join(this.root, HOST_PATHS.plan);
    mkdirSync(path.dirname(plan), { recursive: true });
    writeFileSync(plan, JSON.stringify({ ...PLAN, timeouts: { register: 2 }, ...changes }));
  }

  ask(what: string, wanted = true): void {
    if (wanted) writeFileSync(path.join(this.root, what), "");
    else rmSync(path.join(this.root, what));
  }

  start(command: string): ChildProcess {
    const env = { ...process.env, FAKE_DIRECTORY: this.root };
    return spawn(process.execPath, [bundle, command, "--root", this.root], { env, stdio: ["ignore", "pipe", "pipe"] });
  }

  async run(command: string): Promise<{ code: number | null; out: string; err: string }> {
    return ended(this.start(command));
  }

  events(): BuildEvent[] {
    return existsSync(this.paths.hostEvents) ? parseEvents(readFileSync(this.paths.hostEvents, "utf8")) : [];
  }

  states(): Record<string, string> {
    return Object.fromEntries(stageStatuses(this.events()).map(({ name, state }) => [name, state]));
  }

  ran(): string[] {
    return readFileSync(path.join(this.root, "ran"), "utf8").trim().split("\n");
  }

  async until(what: () => boolean): Promise<void> {
    for (const end = Date.now() + 8000; !what();) {
      if (Date.now() > end) throw new Error("waited in vain");
      await sleep(20);
    }
  }
}

async function ended(child: ChildProcess): Promise<{ code: number | null; out: string; err: string }> {
  let out = "";
  let err = "";
  child.stdout?.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
}

let host: Host;
beforeEach(() => {
  host = new Host();
});
afterEach(() => rmSync(host.root, { recursive: true }));

test("runs all stages of the host, each once, and tells it by events and lines", async () => {
  const { code, out } = await host.run("run");
  expect(code).toBe(0);
  const names = HOST_STAGES.map(({ name }) => name);
  expect(host.ran().sort()).toEqual([...names].sort());
  expect(names.map((name) => host.states()[name])).toEqual(names.map(() => "succeeded"));
  expect(out).toMatch(/\[ +\d+\.\d s\] {2}9 test {16}succeeded \(\d+\.\d s\) fine/);
  expect(out).toContain(`build ${BUILD}: all stages on this host are done`);
  expect(readFileSync(path.join(host.paths.logs, "07-build-image.log"), "utf8")).toContain("this is build-image");
  const beat = JSON.parse(readFileSync(host.paths.heartbeat, "utf8")) as { build: string };
  expect(beat.build).toBe(BUILD);
});

test("a build that is complete is not run again", async () => {
  await host.run("run");
  const { code, out } = await host.run("run");
  expect([code, out]).toEqual([0, `build ${BUILD} is complete: nothing to do\n`]);
  expect(host.ran()).toHaveLength(HOST_STAGES.length);
});

test("killed in the middle of a stage it resumes there, and does nothing twice", async () => {
  host.ask("sleep-test");
  const first = host.start("run");
  const end = ended(first);
  await host.until(() => host.states()["test"] === "progress" && host.states()["hashdeep"] === "succeeded");
  first.kill("SIGKILL");
  await end;
  expect((await host.run("after")).code).toBe(0);
  expect(host.states()).toMatchObject({ test: "failed", "clean-up": "skipped", sign: "waiting" });
  const killed = host.events().findLast((event) => event.stage === "test");
  expect(killed?.message).toBe("the runner was ended in the middle of this stage");

  host.ask("sleep-test", false);
  const { code, out } = await host.run("run");
  expect(code).toBe(0);
  expect(out).toContain("build-image: done before and still right");
  const count = (name: string): number => host.ran().filter((each) => each === name).length;
  expect([count("build-image"), count("hashdeep"), count("test"), count("sign")]).toEqual([1, 1, 2, 1]);
  expect(host.states()).toMatchObject({ test: "succeeded", "clean-up": "succeeded" });
});

test("what is no longer right is done again", async () => {
  host.ask("fail-sign");
  await host.run("run");
  host.ask("fail-sign", false);
  host.ask("outdated-register");
  expect((await host.run("run")).code).toBe(0);
  expect(host.ran().filter((name) => name === "register")).toHaveLength(2);
  expect(host.ran().filter((name) => name === "test")).toHaveLength(1);
});

test("a failed stage fails the run with one line; what ran beside it is let finish, nothing new starts", async () => {
  host.ask("fail-register");
  const { code, out } = await host.run("run");
  expect(code).toBe(1);
  expect(out).toMatch(/stage 8 register failed: disk full: \/srv; free some space \(log: .*08-register\.log\)/);
  expect(host.states()).toMatchObject({
    register: "failed",
    hashdeep: "succeeded",
    test: "waiting",
    "clean-up": "waiting",
  });
  const failed = host.events().find((event) => event.state === "failed");
  expect(failed).toMatchObject({ message: "disk full: /srv; free some space", data: { class: "disk" } });
});

test("a mistake of ours leaves its stack in the log and one line in the event", async () => {
  host.ask("crash-register");
  await host.run("run");
  expect(host.events().find((event) => event.state === "failed")?.message).toBe("undefined is not a function");
  expect(readFileSync(path.join(host.paths.logs, "08-register.log"), "utf8")).toMatch(
    /TypeError: undefined[\s\S]* at /,
  );
});

test("nothing has changed: later stages are skipped with the reason, clean-up runs, the build succeeds", async () => {
  host.ask("end-checkout");
  const { code, out } = await host.run("run");
  expect(code).toBe(0);
  expect(out.trim().split("\n").at(-1)).toBe("no change since last time");
  expect(host.ran()).toEqual(["checkout", "clean-up"]);
  const skipped = host.events().filter((event) => event.state === "skipped");
  expect(skipped).toHaveLength(HOST_STAGES.length - 2);
  expect(new Set(skipped.map((event) => event.message))).toEqual(new Set(["no change since last time"]));
});

test("SIGTERM stops what runs and says so", async () => {
  host.ask("sleep-prepare");
  const child = host.start("run");
  const end = ended(child);
  await host.until(() => host.states()["prepare"] === "progress");
  child.kill("SIGTERM");
  expect((await end).code).toBe(1);
  const last = host.events().at(-1);
  expect(last).toMatchObject({
    stage: "prepare",
    state: "failed",
    message: "stopped by SIGTERM; deploy again to resume",
  });
});

test("whoever stops it may leave a note that says why", async () => {
  host.ask("sleep-prepare");
  const child = host.start("run");
  const end = ended(child);
  await host.until(() => host.states()["prepare"] === "progress");
  writeFileSync(host.paths.stopNote, "cancelled by ann@laptop\n");
  child.kill("SIGTERM");
  expect((await end).code).toBe(1);
  expect(host.events().at(-1)).toMatchObject({ stage: "prepare", state: "failed", message: "cancelled by ann@laptop" });
});

test("a run that takes longer than the build may is stopped", async () => {
  host.plan({ timeout: 1 });
  host.ask("sleep-build-image");
  expect((await host.run("run")).code).toBe(1);
  expect(host.events().at(-1)?.message).toBe(
    "the build took longer than build.timeoutMinutes (0 min); deploy again to resume",
  );
});

describe("a part of a build", () => {
  test("until a stage; the next run goes on behind it", async () => {
    host.plan({ selection: { until: "register" } });
    const { code, out } = await host.run("run");
    expect([code, out.trim().split("\n").at(-1)]).toEqual([0, `build ${BUILD}: --until register is done`]);
    expect((await host.run("after")).code).toBe(0);
    expect(host.states()).toMatchObject({ register: "succeeded", test: "waiting", "clean-up": "skipped" });
    const tidied = host.events().at(-1);
    expect(tidied?.message).toMatch(
      /^the build went no further than asked for \(--until register\): artefacts, .* stay/,
    );

    host.plan({});
    expect((await host.run("run")).code).toBe(0);
    expect(host.ran().filter((name) => name === "build-image")).toHaveLength(1);
    expect(host.states()).toMatchObject({ test: "succeeded", "clean-up": "succeeded" });
  });

  test("one stage after the other, as Jenkins asks for them, comes to the same end", async () => {
    for (const until of ["request-publication", "clean-up"] as const) {
      host.plan({ selection: { until } });
      expect((await host.run("run")).code).toBe(0);
      expect((await host.run("after")).code).toBe(0);
    }
    expect(host.states()).toMatchObject({ "request-publication": "succeeded", "clean-up": "succeeded" });
    expect(host.ran().filter((name) => name === "build-image")).toHaveLength(1);
  });

  test("a complete build of which a stage was done again is complete no more, and comes to its end again", async () => {
    await host.run("run");
    await host.run("after");
    host.plan({ selection: { only: ["test"] } });
    expect((await host.run("run")).code).toBe(0);
    await host.run("after");
    expect(host.ran().filter((name) => name === "test")).toHaveLength(2);
    expect(host.states()).toMatchObject({ test: "succeeded", "clean-up": "skipped" });
    host.plan({});
    expect((await host.run("run")).code).toBe(0);
    expect(host.states()).toMatchObject({ "clean-up": "succeeded" });
  });

  test("one that failed is told as that", async () => {
    host.plan({ selection: { until: "register" } });
    host.ask("fail-prepare");
    expect((await host.run("run")).code).toBe(1);
    await host.run("after");
    expect(host.events().at(-1)?.message).toMatch(/^the build did not succeed: /);
  });

  test("artefacts that scratch has lost come back from the share, the image by its own stage", async () => {
    await host.run("run");
    for (const name of ["packages.txt", "test/junit.xml", `${BUILD}.qcow2`]) {
      mkdirSync(path.dirname(path.join(host.paths.artefacts, name)), { recursive: true });
      writeFileSync(path.join(host.paths.artefacts, name), name);
    }
    host.plan({ selection: { only: ["test"] } });
    const { out } = await host.run("run");
    expect(out).toContain("2 artefacts are taken from the share");
    expect(readFileSync(path.join(host.paths.local, "test/junit.xml"), "utf8")).toBe("test/junit.xml");
    expect(existsSync(path.join(host.paths.local, `${BUILD}.qcow2`))).toBe(false);
    expect((await host.run("run")).out).not.toContain("taken from the share");
  });
});

test("a stage that takes longer than its plan allows fails", async () => {
  host.ask("sleep-register");
  expect((await host.run("run")).code).toBe(1);
  expect(host.events().find((event) => event.state === "failed")?.message).toBe("took longer than 2 s");
});

test.each(["", "fail-sign"])(
  "after a run its sign of life is gone: nobody waits for it to grow old (%s)",
  async (wish) => {
    if (wish) host.ask(wish);
    await host.run("run");
    expect(existsSync(host.paths.heartbeat)).toBe(true);
    expect((await host.run("after")).code).toBe(0);
    expect(existsSync(host.paths.heartbeat)).toBe(false);
  },
);

test("after a run secrets are gone, whatever became of it", async () => {
  writeFileSync(host.paths.credentials, "{}");
  mkdirSync(host.paths.gnupg);
  host.ask("fail-checkout");
  await host.run("run");
  expect((await host.run("after")).code).toBe(0);
  expect([host.paths.credentials, host.paths.gnupg].map((file) => existsSync(file))).toEqual([false, false]);
});

test("status shows every stage", async () => {
  host.ask("fail-register");
  await host.run("run");
  const { code, out } = await host.run("status");
  expect(code).toBe(0);
  expect(out).toMatch(/ 8 register {12}failed \(\d+\.\d s\) disk full/);
  expect(out).toMatch(/15 destroy-build-host {2}waiting/);
});

test("wrong usage exits with 2, a missing plan with 1, each in one line", async () => {
  const wrong = await host.run("build");
  expect([wrong.code, wrong.err]).toEqual([2, 'runner: unknown command "build"; one of run, after, follow, status\n']);
  rmSync(path.join(host.root, HOST_PATHS.plan));
  const missing = await host.run("run");
  expect(missing.code).toBe(1);
  expect(missing.err).toMatch(/^runner: .*plan\.json: there is no plan; attach brings it .*\n$/);
});

test("the real runner is one small file that needs nothing but Node", () => {
  const file = path.join(bundles, "runner.js");
  esbuild("stages/runner.ts", file);
  const code = readFileSync(file, "utf8");
  expect(code.length).toBeLessThan(400_000);
  const modules = [...code.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name ?? "");
  expect(modules.filter((name) => !name.startsWith("node:"))).toEqual([]);
  const { status, stdout } = spawnSync(process.execPath, [file, "--help"], { cwd: bundles, encoding: "utf8" });
  expect(status).toBe(0);
  expect(stdout).toContain("usage: runner.js COMMAND");
});
