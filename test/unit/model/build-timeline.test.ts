import { busyPeriods, timeline } from "../../../model/build-timeline";
import type { BuildEvent, EventState } from "../../../model/events";
import type { StageName } from "../../../model/stages";

const START = Date.UTC(2026, 0, 1, 12);
const event = (second: number, stage: StageName, state: EventState, seconds?: number): BuildEvent => ({
  time: new Date(START + second * 1000).toISOString(),
  build: "debian-12-202601011200-0001",
  stage,
  state,
  ...(seconds !== undefined && { seconds }),
});
const stage = (name: StageName, from: number, to: number, state: EventState = "succeeded"): BuildEvent[] => [
  event(from, name, "started"),
  event(to, name, state, to - from),
];
const inOrder = (...events: BuildEvent[][]): BuildEvent[] => events.flat().sort((a, b) => a.time.localeCompare(b.time));

/** Everything up to stage 11, hashdeep beside register and test. */
const built = (): BuildEvent[] =>
  inOrder(
    stage("initialise", 0, 10),
    [event(10, "spawn-build-host", "started"), event(40, "spawn-build-host", "succeeded", 30)],
    stage("add-agent", 40, 50),
    stage("checkout", 50, 60),
    stage("configure-host", 60, 70),
    stage("prepare", 70, 80),
    stage("build-image", 80, 200),
    stage("register", 200, 210),
    stage("hashdeep", 200, 240),
    stage("test", 210, 400),
    stage("sign", 400, 410),
  );

test("stages, their sum and the longest way through what waits for what", () => {
  const { stages, sum, criticalPath, working, idle } = timeline(built());
  expect(stages.find(({ name }) => name === "test")).toMatchObject({
    number: 9,
    state: "succeeded",
    seconds: 190,
    critical: true,
  });
  expect(stages.find(({ name }) => name === "hashdeep")).toMatchObject({ seconds: 40, critical: false });
  expect(stages.find(({ name }) => name === "distribute")).toMatchObject({ state: "waiting", seconds: 0 });
  expect(criticalPath.stages).not.toContain("hashdeep");
  expect(criticalPath.stages.at(-1)).toBe("sign");
  expect([criticalPath.seconds, sum, working, idle]).toEqual([410, 450, 410, 0]);
});

test("the critical path goes through hashdeep when it takes longer than register and test", () => {
  const events = inOrder(
    stage("build-image", 0, 10),
    stage("register", 10, 20),
    stage("test", 20, 30),
    stage("hashdeep", 10, 100),
    stage("sign", 100, 110),
  );
  expect(timeline(events).criticalPath).toEqual({ stages: ["build-image", "hashdeep", "sign"], seconds: 110 });
});

test("a stage that runs ends now; without a now, at the build's last sign", () => {
  const events = inOrder(stage("checkout", 0, 10), [event(10, "configure-host", "started")]);
  events.push(event(15, "configure-host", "progress"));
  const last = (now?: Date) => timeline(events, now).runs.at(-1);
  expect(last(new Date(START + 30_000))).toMatchObject({ state: "started", to: START + 30_000 });
  expect(last()).toMatchObject({ state: "started", to: START + 15_000 });
});

test("each try is kept, the last one counts; the time until somebody resumed is no work", () => {
  const day = 86_400;
  const events = inOrder(stage("test", 0, 100, "failed"), stage("test", day, day + 50));
  const { runs, stages, sum, working, idle } = timeline(events);
  expect(runs.map(({ state }) => state)).toEqual(["failed", "succeeded"]);
  expect(stages.find(({ name }) => name === "test")).toMatchObject({ state: "succeeded", seconds: 50 });
  expect([sum, working, idle]).toEqual([50, 150, day - 100]);
});

test("a try that was cut off ends with the build's last sign before the next one", () => {
  const events = [
    event(0, "test", "started"),
    event(5, "hashdeep", "started"),
    event(900, "test", "started"),
    event(950, "test", "succeeded", 50),
  ];
  const tries = timeline(events).runs.filter(({ name }) => name === "test");
  expect(tries.map(({ state, from, to }) => [state, (from - START) / 1000, (to - START) / 1000])).toEqual([
    ["failed", 0, 5],
    ["succeeded", 900, 950],
  ]);
});

test("an end without a beginning tells when it began; one that was skipped took no time", () => {
  const { runs } = timeline([event(40, "spawn-build-host", "succeeded", 30), event(41, "add-agent", "skipped")]);
  expect(runs).toEqual([{ name: "spawn-build-host", state: "succeeded", from: START + 10_000, to: START + 40_000 }]);
});

test("pauses of seconds belong to the work", () => {
  const run = (from: number, to: number) => ({ name: "test", state: "succeeded", from, to }) as const;
  expect(busyPeriods([run(9000, 9500), run(0, 1000), run(500, 5000)])).toEqual([{ from: 0, to: 9500 }]);
  expect(busyPeriods([run(0, 1000), run(6001, 7000)])).toHaveLength(2);
});

test("nothing is known of a build without events", () => {
  expect(timeline([])).toMatchObject({
    runs: [],
    sum: 0,
    working: 0,
    idle: 0,
    criticalPath: { stages: [], seconds: 0 },
  });
});
