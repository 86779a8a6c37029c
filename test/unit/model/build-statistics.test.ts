import { buildRow, imageStatistics, type BuildRow } from "../../../model/build-statistics";
import type { BuildEvent } from "../../../model/events";
import { HOST_STAGES, type StageName } from "../../../model/stages";
import type { BuildImageData, TestData } from "../../../stages/lib/results";

const BUILD = "debian-12-202601311200-3f2a";
const at = (second: number): string => new Date(Date.UTC(2026, 0, 31, 12, 0, second)).toISOString();

/** Every stage of the host takes ten seconds. */
function events(
  data: Partial<Record<StageName, Readonly<Record<string, unknown>>>> = {},
  until?: StageName,
): BuildEvent[] {
  const last = HOST_STAGES.findIndex(({ name }) => name === until);
  return HOST_STAGES.slice(0, last < 0 ? undefined : last + 1).flatMap(({ name }, index) => [
    { time: at(index * 10), build: BUILD, stage: name, state: "started" as const },
    {
      time: at(index * 10 + 10),
      build: BUILD,
      stage: name,
      state: name === until ? ("failed" as const) : ("succeeded" as const),
      seconds: 10,
      ...(data[name] && { data: data[name] }),
    },
  ]);
}

test("a build's row: times of its stages, and what they found", () => {
  // the names are the stages' own
  const made: Pick<BuildImageData, "size" | "packages"> = { size: 412_300_000, packages: 301 };
  const tested: Pick<TestData, "bootSeconds" | "lynis" | "vulnerabilities"> = {
    bootSeconds: 61,
    lynis: 71,
    vulnerabilities: 3,
  };
  const data = { "build-image": made, test: tested };
  const row = buildRow(BUILD, [events(data)]);
  expect(row).toMatchObject({
    build: BUILD,
    started: at(0),
    result: "succeeded",
    seconds: 110,
    megabytes: 412,
    packages: 301,
    lynis: 71,
    cves: 3,
    bootSeconds: 61,
  });
  expect(row?.stages["build-image"]).toBe(10);
});

test.each([
  ["failed", events({}, "test"), { result: "failed", failedStage: "test" }],
  ["unchanged", events({ checkout: { unchangedSince: "x" } }), { result: "no change" }],
  ["cut off", events().slice(0, 3), { result: "incomplete" }],
])("of a build that was %s", (_, given, expected) => {
  expect(buildRow(BUILD, [given])).toMatchObject(expected);
});

test("a build that told nothing has no row", () => {
  expect(buildRow(BUILD, [[], []])).toBeUndefined();
});

test("over time: oldest first, rate of those that were tried, medians of those that succeeded", () => {
  const row = (started: string, result: BuildRow["result"], seconds: number): BuildRow => ({
    build: `b-${started}`,
    started,
    result,
    seconds,
    stages: { test: seconds },
  });
  const rows = [
    row("3", "succeeded", 30),
    row("1", "succeeded", 10),
    row("2", "failed", 999),
    row("4", "no change", 1),
    row("5", "succeeded", 12),
  ];
  const statistics = imageStatistics("debian-12", rows);
  expect(statistics.builds.map(({ started }) => started)).toEqual(["1", "2", "3", "4", "5"]);
  expect(statistics).toMatchObject({ successRate: 0.75, medianSeconds: { test: 12 } });
  expect(imageStatistics("debian-12", [])).toMatchObject({ successRate: null, medianSeconds: {} });
});
