/** States that several homes share, in the local cloud's Swift: the lock, who holds it, and moving there. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse, stringify } from "yaml";
import { homeAt } from "../../../deployer/home";
import { cdktf } from "../../../deployer/cdktf";
import { Deployment } from "../../../deployer/deployment";
import { stateStore } from "../../../deployer/states/store";
import { lockContainer } from "../../../deployer/states/swift-state";
import { deleteContainer, deleteObject, getObject, headContainer, listObjects } from "../../../openstack/swift";
import { parseConfig } from "../../../model/config";
import type { CommandResult, RunningCommand } from "../../support/command";
import { FactoryRun } from "../../support/factory-run";

const APP = "node -r ./toolchain/register.js test/cloud/state/tiny.ts";
const MINUTE = 60_000;
const LOCKED = /the state of stack factory is locked by (\S+@\S+) since (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) \(apply\)/;

let run: FactoryRun;
let bucket: string;
const environment = process.env;

beforeAll(async () => {
  run = await FactoryRun.create({ label: "state" });
  bucket = `${run.factory}-state`;
  configure(`swift://${bucket}`);
});

afterAll(async () => {
  process.env = environment;
  const session = run.session("production");
  for (const container of [bucket, lockContainer(bucket)]) {
    await session.request({
      service: "object-store",
      method: "POST",
      path: `/${container}`,
      headers: { "x-versions-enabled": "false" },
      expect: [204, 404],
    });
    await emptyOf(container);
    expect(await deleteContainer(session, container)).not.toBe("not-empty");
  }
  await run.projects.remove();
  rmSync(run.directory, { recursive: true, force: true });
});

/** With all versions, which go when their container's are asked for by id. */
async function emptyOf(container: string): Promise<void> {
  const session = run.session("production");
  if (!(await headContainer(session, container))) return;
  const versions = await session.json<{ name: string; version_id?: string }[]>({
    service: "object-store",
    method: "GET",
    path: `/${container}`,
    query: { versions: "", format: "json" },
  });
  for (const { name, version_id: version } of versions) {
    const query = version === undefined || version === "null" ? {} : { "version-id": version };
    const path = `/${container}/${name}`;
    await session.request({ service: "object-store", method: "DELETE", path, query, expect: [204, 404] });
  }
  for (const { name } of await listObjects(session, container)) await deleteObject(session, container, name);
}

function configure(state: string): void {
  const config = parse(readFileSync(run.config, "utf8")) as Record<string, unknown>;
  writeFileSync(run.config, stringify({ ...config, state }));
}

const inHome = (name: string): string => path.join(run.directory, name);
const file = (name: string): string => path.join(run.directory, name);
/** The environment of one who works from a home; `name` tells the markers of the tiny stack's wait apart. */
const from = (home: string, name: string, tinyRun = "1"): NodeJS.ProcessEnv => ({
  FACTORY_HOME: inHome(home),
  CDKTF_APP: APP,
  TINY_STARTED: file(`${name}.started`),
  TINY_GO: file("go"),
  TINY_RUN: tinyRun,
});
const start = (verb: "deploy" | "diff" | "destroy", env: NodeJS.ProcessEnv, title: string): RunningCommand =>
  run.startCdktf(verb, "factory", { env, title });
const setUp = (home: string): Promise<CommandResult> =>
  run.factoryCommand(["setup"], { env: { FACTORY_HOME: inHome(home) }, title: `setup ${home}` });

test("setup makes the private buckets, proves the lock, and a second home finds them", async () => {
  const first = await setUp("one");
  expect(first.output).toMatch(
    new RegExp(`states: swift://${bucket}, made bucket ${bucket} and bucket ${bucket}-locks, its lock holds`),
  );
  const facts = await run.session("production").request({
    service: "object-store",
    method: "HEAD",
    path: `/${bucket}`,
  });
  expect(facts.headers["x-versions-enabled"]).toBe("True");
  expect(facts.headers["x-container-read"]).toBeUndefined();
  const second = await setUp("two");
  expect(second.output).not.toContain("made bucket");
  expect(second.output).toContain(`states: swift://${bucket}, its lock holds`);
});

test(
  "two processes race: exactly one deploys, the other says who does since when",
  async () => {
    const racers = [start("deploy", from("one", "a"), "race a"), start("deploy", from("two", "b"), "race b")];
    const settled = racers.map(async (racer, index) => ({ index, result: await racer.result }));
    const lost = await Promise.race(settled);
    expect(lost.result.code).not.toBe(0);
    const [, who] = LOCKED.exec(lost.result.output) ?? [];
    expect(who).toMatch(/^\w+@[\w.-]+$/);
    const winner = racers[1 - lost.index]!;
    expect(winner.running).toBe(true);
    expect(existsSync(file(lost.index === 0 ? "a.started" : "b.started"))).toBe(false);
    writeFileSync(file("go"), "");
    const won = await winner.expectExit(0);
    expect(won.output).toMatch(/Apply complete! Resources: 1 added/);
    expect(won.output).not.toMatch(LOCKED);
  },
  5 * MINUTE,
);

test(
  "the state is shared: the other home has nothing to do",
  async () => {
    for (const home of ["one", "two"]) {
      const { output } = await start("diff", from(home, "diff"), `diff ${home}`).expectExit(0);
      expect(output).toContain("No changes");
    }
    const state = await getObject(run.session("production"), bucket, `${run.factory}/factory.tfstate`);
    expect(state?.toString()).toContain('"held"');
    expect(existsSync(path.join(inHome("one"), "state", "factory.tfstate"))).toBe(false);
  },
  3 * MINUTE,
);

test("what Terraform is given holds no secret and no address", () => {
  const { cloudsFile } = run.projects;
  const secrets = [...readFileSync(cloudsFile, "utf8").matchAll(/password: (\S+)/g)].map(([, secret]) => secret);
  const outputs = path.join(run.outputs, "shell-04", "stacks", "factory");
  const text = readFileSync(path.join(outputs, "cdk.tf.json"), "utf8");
  expect(secrets.length).toBeGreaterThan(0);
  for (const secret of [...secrets, "127.0.0.1"]) expect(text).not.toContain(secret);
});

test(
  "who was killed while holding the lock is named, in one line of ours, and the lock can be taken away",
  async () => {
    rmSync(file("go"));
    const doomed = start("deploy", from("one", "doomed", "2"), "killed");
    await doomed.waitFor(/local-exec/, 2 * MINUTE);
    await doomed.kill();

    process.env = { ...environment, ...run.env(), ...from("two", "next", "2") };
    const deployment = ofHome("two");
    const said: string[] = [];
    const say = (line: string): void => void said.push(line);
    const refused = await cdktf(deployment, { command: "deploy", stack: "factory", say }).then(
      () => "not refused",
      (error: Error) => error.message,
    );
    expect(refused).toMatch(LOCKED);
    expect(refused).not.toContain("\n");
    expect(said.join("\n")).not.toMatch(/lock/);
    const [, unlock = ""] = /: npx (factory state unlock factory \S+)$/.exec(refused) ?? [];
    const words = unlock.split(" ").slice(1);
    const freed = await run.factoryCommand(words, { env: from("two", "unlock"), title: "unlock" });
    expect(freed.output).toContain("the state of stack factory is free");

    writeFileSync(file("go"), "");
    await cdktf(deployment, { command: "deploy", stack: "factory", say });
    expect(said.at(-1)).toMatch(/Apply complete/);
  },
  6 * MINUTE,
);

test("a build's state is read where it is", async () => {
  const states = stateStore(ofHome("two"));
  expect((await states.read("factory"))?.resources.map(({ name }) => name)).toEqual(["held"]);
  expect(await states.read("build-debian-12")).toBeUndefined();
});

test(
  "the S3 API of this Swift, which has no conditional writes, is refused by setup",
  async () => {
    const session = run.session("production");
    const endpoint = new URL(await session.endpoint("object-store")).origin;
    const exports = await run.factoryCommand(["state", "credentials"], { env: from("s3", "s3"), title: "credentials" });
    const pairs = [...exports.stdout.matchAll(/^export (\w+)=(\S+)$/gm)].map(([, key = "", value]) => [key, value]);
    const env = Object.fromEntries(pairs) as Record<string, string>;
    expect(Object.keys(env)).toEqual(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]);
    configure(`s3://${bucket}/s3?endpoint=${endpoint}&region=RegionOne`);
    const refused = await run.start("npx", ["factory", "setup"], {
      env: { ...from("s3", "s3"), ...env },
      title: "setup s3",
    }).result;
    expect(refused.code).toBe(1);
    expect(refused.output).toMatch(/can not be locked: its object storage has no conditional writes/);
    expect(refused.output).not.toContain(env["AWS_SECRET_ACCESS_KEY"]);
  },
  3 * MINUTE,
);

test(
  "whoever changes the place begins with no empty state, and can move it",
  async () => {
    configure("local");
    const refused = await start("diff", from("two", "moved", "2"), "diff elsewhere").result;
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain(
      `state: is local, but the states are in swift://${bucket}; move them: npx factory state migrate`,
    );
    const moved = await run.factoryCommand(["state", "migrate"], { env: from("two", "moved"), title: "migrate" });
    expect(moved.output).toMatch(/factory: moved/);
    const { output } = await start("diff", from("two", "moved", "2"), "diff moved").expectExit(0);
    expect(output).toContain("No changes");

    // And back, over what was left there.
    configure(`swift://${bucket}`);
    await run.factoryCommand(["state", "migrate"], { env: from("two", "moved"), title: "migrate back" });
    const other = await start("diff", from("one", "moved", "2"), "diff one").expectExit(0);
    expect(other.output).toContain("No changes");
    await start("destroy", from("one", "moved", "2"), "destroy").expectExit(0);
  },
  6 * MINUTE,
);

/** The deployment as it is worked with from a home. */
function ofHome(name: string): Deployment {
  const parsed = parseConfig(readFileSync(run.config, "utf8"), "factory.yaml");
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  mkdirSync(inHome(name), { recursive: true });
  return new Deployment(run.root, parsed.config, [], homeAt(inHome(name)));
}
