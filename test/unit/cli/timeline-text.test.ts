import { timelineLines } from "../../../cli/timeline-text";
import { summarise, type ShownBuild } from "../../../deployer/builds";
import { timeline } from "../../../model/build-timeline";
import type { BuildEvent, EventState } from "../../../model/events";
import { HOST_STAGES, STAGES, type StageName } from "../../../model/stages";

const BUILD = "debian-12-minimal-202601011200-3f2a";
const START = Date.UTC(2026, 0, 1, 12);
const event = (second: number, stage: StageName, state: EventState, message?: string): BuildEvent => ({
  time: new Date(START + second * 1000).toISOString(),
  build: BUILD,
  stage,
  state,
  ...(message !== undefined && { message }),
});
const shown = (events: readonly BuildEvent[], more: Partial<ShownBuild> = {}, now?: Date): ShownBuild => ({
  ...summarise({ build: BUILD, image: "debian-12-minimal", events: { "host.jsonl": events } }),
  timeline: timeline(events, now),
  ...more,
});
const row = (lines: readonly string[], stage: StageName): string =>
  lines.find((line) => line.slice(3).startsWith(`${stage} `)) ?? "";
const bar = (lines: readonly string[], stage: StageName): string => row(lines, stage).slice(47);

const one = (second: number, stage: StageName, seconds: number): BuildEvent[] => [
  event(second, stage, "started"),
  event(second + seconds, stage, "succeeded"),
];

test("every stage has a line with its time and a bar where it ran, none wider than 80 columns", () => {
  const lines = timelineLines(
    shown([...one(0, "build-image", 100), ...one(100, "register", 100), ...one(120, "hashdeep", 20)]),
  );
  expect(lines[0]).toBe(`build ${BUILD}: running`);
  expect(lines[1]).toMatch(/^started 2026-01-01 12:00 UTC/);
  expect(lines.filter((line) => /^[ 1]\d [a-z]/.test(line))).toHaveLength(STAGES.length);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(row(lines, "build-image")).toMatch(/^ 7 build-image +succeeded +1 min 40 s #+$/);
  const [build, register, hashdeep] = (["build-image", "register", "hashdeep"] as const).map((name) =>
    bar(lines, name),
  );
  expect(build).toMatch(/^#+$/);
  expect(register).toBe(" ".repeat(build?.length ?? 0) + "#".repeat(33 - (build?.length ?? 0)));
  expect(hashdeep).toMatch(/^ +=+$/);
  expect(lines).toContain("critical path  3 min 20 s (stages 7 8)");
  expect(lines).toContain("all stages     3 min 40 s: working side by side saves 20 s");
  expect(lines).toContain("# on the critical path   = beside it");
});

test("the shortest stage is seen, the last one stays within the width", () => {
  const lines = timelineLines(shown([...one(0, "build-image", 5000), ...one(5000, "clean-up", 0)]));
  expect(bar(lines, "clean-up").trim()).toMatch(/^.$/);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
});

test("what runs is open to the right and told with the runner's sign of life", () => {
  const events = [event(0, "build-image", "started"), event(10, "build-image", "progress", "half")];
  const lines = (silentSeconds?: number): string[] =>
    timelineLines(shown(events, silentSeconds === undefined ? {} : { silentSeconds }, new Date(START + 60_000)));
  expect(row(lines(5), "build-image")).toMatch(/running +1 min 0 s >+$/);
  expect(lines(5)[1]).toMatch(/; its runner is at work$/);
  expect(lines(300)[1]).toMatch(/; no sign of life for 5 min 0 s$/);
  expect(lines()[1]).toMatch(/; its runner gives no sign of life$/);
});

test("a failed try is drawn, its reason told in lines of 80 columns; a pause of a day is not drawn", () => {
  const reason = "instance never became ACTIVE: ".repeat(6).trim();
  const events = [
    event(0, "test", "started"),
    event(50, "test", "failed", reason),
    event(86_400, "test", "started"),
    event(86_450, "test", "failed", reason),
  ];
  const lines = timelineLines(shown(events));
  expect(bar(lines, "test")).toMatch(/^x{33}$/);
  expect(lines.some((line) => line.startsWith("pauses         23 h 59 min"))).toBe(true);
  expect(lines.filter((line) => line.startsWith("9 failed: "))).toHaveLength(1);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
});

test("stages that were left out say why, once", () => {
  const reason = "no change since debian-12-minimal-202512310000-aaaa";
  const skipped = HOST_STAGES.slice(1, -1).map(({ name }) => event(2, name, "skipped", reason));
  const lines = timelineLines(shown([...one(0, "checkout", 2), ...skipped, ...one(2, "clean-up", 1)]));
  expect(row(lines, "test")).toMatch(/^ 9 test +skipped$/);
  const told = lines.filter((line) => line.includes(" skipped: "));
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/^5 6 7 8 9 10 11 12 13 skipped: no change/);
});

test("before its runner is there, a build gives no sign of life and needs none", () => {
  expect(timelineLines(shown([event(0, "initialise", "started")]))[1]).toBe("started 2026-01-01 12:00 UTC");
});

test("a build of which nothing is known is two lines", () => {
  expect(timelineLines(shown([]))).toEqual([`build ${BUILD}: running`, "nothing is known of its stages"]);
});

test("an ended build without an image tells why it ended and where", () => {
  const ended = (message: string) =>
    timelineLines(
      shown([
        event(0, "register", "started"),
        event(5, "register", "failed", message),
        event(9, "destroy-build-host", "succeeded"),
      ]),
    )[0];
  expect(ended("cancelled by ann@laptop")).toBe(`build ${BUILD}: cancelled by ann@laptop at register`);
  expect(ended("no")).toBe(`build ${BUILD}: ended, failed at register`);
});
