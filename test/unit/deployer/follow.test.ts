/** Following a build over a real sshd that goes away and comes back. */
import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { follow, type FollowOptions } from "../../../deployer/follow";
import type { BuildEvent } from "../../../model/events";
import { Sshd } from "./lib/sshd";

let sshd: Sshd;
let file: string;
let seen: string[];
let said: string[];
let controller: AbortController;

beforeAll(async () => {
  sshd = await Sshd.start();
});
afterAll(async () => sshd.stop());
beforeEach(() => {
  file = path.join(sshd.directory, "host.jsonl");
  rmSync(file, { force: true });
  seen = [];
  said = [];
  controller = new AbortController();
});

const event = (message: string): string =>
  `${JSON.stringify({ time: "2026-01-01T00:00:00.000Z", build: "b", stage: "test", state: "progress", message })}\n`;
const END = `${JSON.stringify({ unit: { active: false, result: "success", status: 0 } })}\n`;

/** As the runner's `follow` does: everything from the beginning, then what comes, until the unit's end. */
const options = (more: Partial<FollowOptions> = {}): FollowOptions => ({
  onEvent: (one: BuildEvent) => seen.push(one.message ?? ""),
  deadline: Date.now() + 20_000,
  say: (line) => said.push(line),
  signal: controller.signal,
  wait: 100,
  command: `timeout 20 tail -n +1 -F --sleep-interval=0.05 ${file} 2>/dev/null | sed -u '/"unit"/q'`,
  ...more,
});

async function until(condition: () => boolean): Promise<void> {
  for (let tried = 0; tried < 400 && !condition(); tried++) await sleep(25);
  expect(condition()).toBe(true);
}

test("every event comes once and in order, although the connection is lost", async () => {
  writeFileSync(file, `a banner, not an event\n${event("one")}${event("two")}`);
  const end = follow(sshd.host("builder"), options());
  await until(() => seen.length === 2);
  await sshd.down();
  appendFileSync(file, event("three"));
  await until(() => said.length > 0);
  await sshd.up();
  appendFileSync(file, event("four"));
  await until(() => seen.length === 4);
  appendFileSync(file, END);
  expect(await end).toMatchObject({ result: "success", status: 0 });
  expect(seen).toEqual(["one", "two", "three", "four"]);
  expect(said).toEqual([
    expect.stringMatching(/^ssh builder: .*; the build goes on, connecting again$/),
    "the connection is back",
  ]);
});

test("the deadline ends the following, not the build", async () => {
  writeFileSync(file, event("one"));
  const end = follow(sshd.host("builder"), options({ deadline: Date.now() + 700 }));
  await expect(end).rejects.toThrow(/^builder: the build takes longer than build\.timeoutMinutes; it goes on there/);
});

test("an interrupt ends it at once, with its own reason", async () => {
  writeFileSync(file, event("one"));
  const end = follow(sshd.host("builder"), options());
  const judged = expect(end).rejects.toThrow("the user said stop");
  await until(() => seen.length === 1);
  controller.abort(new Error("the user said stop"));
  await judged;
});

test("a runner that can't be followed is no lost connection: a few tries, then its words", async () => {
  const end = follow(
    sshd.host("builder"),
    options({ command: "echo 'runner: there is no plan' >&2; exit 1", wait: 10 }),
  );
  await expect(end).rejects.toThrow("builder: the runner can not be followed: runner: there is no plan");
});
