import { buildLines, stateText } from "../../../cli/build-list-text";
import { isDone, isFinished, overview } from "../../../deployer/build-state";
import { summarise } from "../../../deployer/builds";
import { buildRow } from "../../../model/build-statistics";
import { stageStatuses, type BuildEvent, type EventState } from "../../../model/events";
import { parseSelection, type SelectionWords } from "../../../model/stage-selection";
import { HOST_STAGES, STAGES, type StageName } from "../../../model/stages";

const build = "debian-12-202601010000-0001";
let second = 0;
const event = (stage: StageName, state: EventState, more: Partial<BuildEvent> = {}): BuildEvent => ({
  time: new Date(Date.UTC(2026, 0, 1) + ++second * 1000).toISOString(),
  build,
  stage,
  state,
  ...more,
});
const all = (names: readonly StageName[], state: EventState): BuildEvent[] => names.map((name) => event(name, state));
const host = HOST_STAGES.map(({ name }) => name) as StageName[];
const summary = (events: readonly BuildEvent[]) =>
  summarise({ image: "debian-12", build, events: { "host.jsonl": events } });

beforeEach(() => (second = 0));

test("finished is when every stage on the host succeeded or was left out, clean-up last", () => {
  expect(isFinished(stageStatuses(all(host, "succeeded")))).toBe(true);
  expect(isFinished(stageStatuses([...all(host, "skipped"), event("clean-up", "succeeded")]))).toBe(true);
  expect(isFinished(stageStatuses([]))).toBe(false);
});

test("after a failure clean-up is left out: not finished", () => {
  const events = [...all(host.slice(0, 5), "succeeded"), event("test", "failed"), event("clean-up", "skipped")];
  expect(isFinished(stageStatuses(events))).toBe(false);
  expect(summary(events)).toMatchObject({ state: "failed", stage: "test", good: false });
});

test("a stage that succeeded in a later run counts as that", () => {
  const events = [event("test", "failed"), ...all(host, "succeeded")];
  expect(summary(events)).toMatchObject({ state: "succeeded", good: true });
});

test("a running build tells the stage that runs, an ended one stays known as good", () => {
  const events = [event("checkout", "started"), event("checkout", "succeeded"), event("configure-host", "started")];
  expect(summary(events)).toMatchObject({ state: "running", stage: "configure-host", seconds: 2 });
  const ended = [...all(host, "succeeded"), event("destroy-build-host", "succeeded")];
  expect(summary(ended)).toMatchObject({ state: "ended", good: true });
});

test("a build took what something was done in, however long the host then stood; statistics tell the same", () => {
  const ran = (name: StageName): BuildEvent[] => [event(name, "started"), event(name, "succeeded")];
  const events = host.flatMap(ran);
  second += 86_400;
  const ended = [...events, ...ran("destroy-build-host")];
  const { state, seconds, last } = summary(ended);
  expect([state, seconds, last]).toEqual(["ended", 2 * host.length, ended.at(-1)?.time]);
  expect(buildRow(build, [ended])?.seconds).toBe(seconds);
  expect(summary([event("initialise", "started"), event("initialise", "failed")])).toMatchObject({ seconds: 1 });
});

test("a build that was cancelled tells by whom and where; one that had failed tells where", () => {
  const ended = (message: string) => [
    ...all(host.slice(0, 3), "succeeded"),
    event("build-image", "failed", { message }),
    event("clean-up", "skipped"),
    event("destroy-build-host", "succeeded"),
  ];
  const cancelled = summary(ended("cancelled by ann@laptop"));
  expect(cancelled).toMatchObject({ state: "ended", stage: "build-image", cancelledBy: "ann@laptop" });
  expect(stateText(cancelled)).toBe("cancelled");
  const failed = summary(ended("no such package"));
  expect(failed).toMatchObject({ state: "ended", stage: "build-image" });
  expect([failed.cancelledBy, stateText(failed)]).toEqual([undefined, "ended, failed"]);
  const stopped = summary([event("checkout", "succeeded"), event("destroy-build-host", "succeeded")]);
  expect([stopped.stage, stateText(stopped)]).toEqual(["checkout", "ended early"]);
});

test("a list of builds fits 80 columns, whatever became of them", () => {
  const id = "opensuse-leap-15.6-202601010000-0001";
  const events = [event("request-publication", "failed"), event("destroy-build-host", "succeeded")];
  const one = summarise({ image: "opensuse-leap-15.6", build: id, events: { "host.jsonl": events } });
  const lines = buildLines([
    { ...one, seconds: 59 * 60 + 59 },
    { ...one, seconds: 36_300 },
  ]);
  expect(lines[1]).toBe(`${id}  ended, failed: request-publication  59m59s`);
  expect(lines[2]).toMatch(/ {2}10h05m$/);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
});

test("a build that found nothing new says so", () => {
  const events = [
    event("checkout", "succeeded", { data: { unchangedSince: "x" } }),
    ...all(host.slice(1), "skipped"),
    event("clean-up", "succeeded"),
  ];
  expect(summary(events)).toMatchObject({ state: "no change", good: true });
});

test("a build that went as far as was asked for is stopped, until something of it runs again", () => {
  const events = [...all(host.slice(0, 5), "succeeded"), event("clean-up", "started"), event("clean-up", "skipped")];
  expect(summary(events)).toMatchObject({ state: "stopped", stage: "register", good: false });
  expect(summary([...events, event("test", "started")])).toMatchObject({ state: "running", stage: "test" });
});

test("a part is done when all of it succeeded or was left out, whatever waits behind it", () => {
  const done = (events: readonly BuildEvent[], words: SelectionWords) =>
    isDone(stageStatuses(events), parseSelection(words));
  const events = all(host.slice(0, 5), "succeeded");
  expect(done(events, { until: "register" })).toBe(true);
  expect(done(events, { until: "test" })).toBe(false);
  expect(done(events, {})).toBe(false);
  expect(done(all(host, "succeeded"), {})).toBe(true);
  expect(
    done([event("checkout", "succeeded"), ...all(host.slice(1), "skipped"), event("clean-up", "succeeded")], {
      until: "test",
    }),
  ).toBe(true);
});

test("clean-up that was skipped behind a part is still to be done by who asks for it", () => {
  const done = (events: readonly BuildEvent[]) => isDone(stageStatuses(events), parseSelection({ until: "clean-up" }));
  const events = [...all(host.slice(0, -1), "succeeded"), event("clean-up", "started"), event("clean-up", "skipped")];
  expect(done(events)).toBe(false);
  expect(done([...events, event("clean-up", "started"), event("clean-up", "succeeded")])).toBe(true);
});

test("a build without any event is told without times", () => {
  expect(summary([])).toMatchObject({ state: "running", stage: "", seconds: 0 });
});

test("the overview is one line", () => {
  const events = [
    ...all(["initialise", "spawn-build-host"], "succeeded"),
    event("test", "failed"),
    event("hashdeep", "started"),
    event("sign", "skipped"),
  ];
  expect(overview(stageStatuses(events))).toBe(
    `2 of ${STAGES.length} stages succeeded; skipped: sign; running: hashdeep; failed: test`,
  );
});
