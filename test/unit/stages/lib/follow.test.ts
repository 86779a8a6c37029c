import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArguments } from "../../../../stages/lib/command-line";
import { followBuild, type UnitState } from "../../../../stages/lib/follow";
import { sshArguments } from "../../../../stages/lib/ssh";
import { openStageLog } from "../../../../stages/lib/stage-log";

const directory = mkdtempSync(path.join(tmpdir(), "follow-"));
afterAll(() => rmSync(directory, { recursive: true }));

test("follows from the first event to the unit's end, whole lines only", async () => {
  const file = path.join(directory, "host.jsonl");
  appendFileSync(file, '{"n":1}\n{"n":');
  const printed: string[] = [];
  let state: UnitState = { active: true, result: "success", status: 0, invocation: "i" };
  const following = followBuild({
    file,
    print: (line) => printed.push(line),
    signal: AbortSignal.timeout(20_000),
    unit: async () => Promise.resolve(state),
  });
  for (let look = 0; look < 1000 && printed.length === 0; look++) await sleep(10);
  expect(printed).toEqual(['{"n":1}']);
  appendFileSync(file, "2}\n");
  state = { ...state, active: false, result: "exit-code", status: 1 };
  await following;
  const unit = { active: false, result: "exit-code", status: 1, invocation: "i" };
  expect(printed).toEqual(['{"n":1}', '{"n":2}', JSON.stringify({ unit })]);
});

test("a stage's log has the time of each line and how long steps took", async () => {
  const file = path.join(directory, "logs", "01-x.log");
  const log = openStageLog(file, { now: () => new Date("2026-01-01T10:20:30.456Z") });
  log.line("hello");
  await log.step("works", async () => Promise.resolve(1));
  await expect(log.step("fails", async () => Promise.reject(new Error("no\nspace")))).rejects.toThrow();
  await log.flush();
  const lines = readFileSync(file, "utf8").split("\n");
  expect(lines[0]).toBe("10:20:30.456 hello");
  expect(lines[2]).toMatch(/^10:20:30\.456 --- works: 0\.\d s$/);
  expect(lines[4]).toMatch(/^10:20:30\.456 --- fails: failed after 0\.\d s: no space$/);
  expect(log.steps.map(({ what }) => what)).toEqual(["works"]);
});

test("a step that takes long is told while it goes on, and one that is quick is not", async () => {
  jest.useFakeTimers();
  try {
    const told: string[] = [];
    const log = openStageLog(path.join(directory, "slow.log"), { slow: (what) => told.push(what) });
    await log.step("quick", async () => Promise.resolve());
    let end = (): void => undefined;
    const slow = log.step("slow", async () => new Promise<void>((resolve) => (end = resolve)));
    jest.advanceTimersByTime(60_000);
    expect(told).toEqual(["slow"]);
    end();
    await slow;
  } finally {
    jest.useRealTimers();
  }
});

test("a log that can't be written says so when it is flushed", async () => {
  appendFileSync(path.join(directory, "file"), "");
  const log = openStageLog(path.join(directory, "file", "x.log"));
  log.line("lost");
  await expect(log.flush()).rejects.toThrow(/cannot write .*\/file\/x\.log/);
});

test("the test instance is reached with its own key and pinned host keys, by no one's configuration or agent", () => {
  const target = { address: "10.0.0.5", user: "debian", keyFile: "/k", knownHosts: "/h" };
  const text = sshArguments(target).join(" ");
  expect(text).toContain("-F /dev/null -o IdentityFile=/k -o IdentitiesOnly=yes -o IdentityAgent=none");
  expect(text).toContain("-o UserKnownHostsFile=/h -o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes");
  expect(text).toMatch(/ debian@10\.0\.0\.5$/);
});

test.each([
  [["run"], { command: "run", root: "" }],
  [["--root", "/r", "after"], { command: "after", root: "/r" }],
  [["run", "--help"], { command: "help", root: "" }],
])("arguments %j", (args, wanted) => {
  expect(parseArguments(args)).toEqual(wanted);
});

test.each([
  [[], "no command; one of run, after, follow, status"],
  [["run", "after"], 'one command only, not "run" and "after"'],
  [["--force"], 'unknown option "--force"; see --help'],
  [["run", "--root"], "--root needs a directory"],
])("wrong arguments %j", (args, message) => {
  expect(() => parseArguments(args)).toThrow(message);
});
