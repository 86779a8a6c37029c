import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { BuildEvent } from "../../../../model/events";
import { openEventLog, readAllEvents, readEvents } from "../../../../stages/lib/event-log";

const directory = mkdtempSync(path.join(tmpdir(), "events-"));
afterAll(() => rmSync(directory, { recursive: true }));

const event = (second: number, state: BuildEvent["state"] = "started"): BuildEvent => ({
  time: `2026-01-01T00:00:0${second}.000Z`,
  build: "b",
  stage: "checkout",
  state,
});

test("appends in the order of the calls, one line each", async () => {
  const file = path.join(directory, "order", "host.jsonl");
  const log = await openEventLog(file);
  await Promise.all([1, 2, 3].map(async (second) => log.append(event(second))));
  await log.close();
  expect((await readEvents(file)).map(({ time }) => time)).toEqual([1, 2, 3].map((second) => event(second).time));
  expect(readFileSync(file, "utf8").split("\n")).toHaveLength(4);
});

test("a line that a crash cut off is taken away before the next is written", async () => {
  const file = path.join(directory, "cut.jsonl");
  writeFileSync(file, `${JSON.stringify(event(1))}\n`);
  appendFileSync(file, '{"time":"2026-01-01T00:0');
  const log = await openEventLog(file);
  await log.append(event(2, "succeeded"));
  await log.close();
  expect((await readEvents(file)).map(({ state }) => state)).toEqual(["started", "succeeded"]);
});

test("all writers' events come in the order of their times", async () => {
  const events = path.join(directory, "merged");
  for (const [writer, seconds] of [
    ["host", [2, 4]],
    ["deployer", [1, 3]],
  ] as const) {
    const log = await openEventLog(path.join(events, `${writer}.jsonl`));
    for (const second of seconds) await log.append(event(second));
    await log.close();
  }
  writeFileSync(path.join(events, "host.log"), "not ours");
  expect((await readAllEvents(events)).map(({ time }) => time)).toEqual(
    [1, 2, 3, 4].map((second) => event(second).time),
  );
});

test("there are no events where there is no file", async () => {
  expect(await readEvents(path.join(directory, "none.jsonl"))).toEqual([]);
});
