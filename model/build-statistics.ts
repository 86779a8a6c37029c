/** What a build was like, as one row: for trends over all builds of an image. Of events alone. Pure. */
import { isGood, unchangedSince } from "./build-progress";
import { timeline } from "./build-timeline";
import { mergeEvents, stageStatuses, type BuildEvent, type StageStatus } from "./events";

export interface BuildRow {
  readonly build: string;
  /** ISO 8601. */
  readonly started: string;
  /** - `incomplete`: it runs still, or was given up */
  readonly result: "succeeded" | "no change" | "failed" | "incomplete";
  /** In which something was done. */
  readonly seconds: number;
  /** Of each stage's last try, for those that ran. */
  readonly stages: Readonly<Record<string, number>>;
  readonly megabytes?: number;
  readonly packages?: number;
  /** lynis' hardening index. */
  readonly lynis?: number;
  /** Known holes in its packages. */
  readonly cves?: number;
  /** Seconds until the test instance was up. */
  readonly bootSeconds?: number;
  readonly failedStage?: string;
}

export interface ImageStatistics {
  readonly image: string;
  /** Oldest first. */
  readonly builds: readonly BuildRow[];
  /** Of builds that ended with an image or a failure: 0 to 1; null when there is none. */
  readonly successRate: number | null;
  /** Median seconds of each stage over the successful builds. */
  readonly medianSeconds: Readonly<Record<string, number>>;
}

/** One build's row; undefined for one that has told nothing. */
export function buildRow(build: string, writers: readonly (readonly BuildEvent[])[]): BuildRow | undefined {
  const events = mergeEvents(...writers);
  const [first] = events;
  if (!first) return undefined;
  const statuses = stageStatuses(events);
  const times = timeline(events);
  const failed = statuses.find(({ state }) => state === "failed");
  const made = dataOf(statuses, "build-image");
  const tested = dataOf(statuses, "test");
  const size = numberIn(made, "size");
  return {
    build,
    started: first.time,
    result: failed
      ? "failed"
      : unchangedSince(statuses) !== undefined
        ? "no change"
        : isGood(statuses)
          ? "succeeded"
          : "incomplete",
    seconds: times.working,
    stages: Object.fromEntries(
      times.stages.filter(({ seconds }) => seconds > 0).map(({ name, seconds }) => [name, seconds]),
    ),
    ...(size !== undefined && { megabytes: Math.round(size / 1e6) }),
    ...given("packages", numberIn(made, "packages")),
    ...given("lynis", numberIn(tested, "lynis")),
    ...given("cves", numberIn(tested, "vulnerabilities")),
    ...given("bootSeconds", numberIn(tested, "bootSeconds")),
    ...(failed && { failedStage: failed.name }),
  };
}

/** @param rows in any order */
export function imageStatistics(image: string, rows: readonly BuildRow[]): ImageStatistics {
  const builds = [...rows].sort((a, b) => a.started.localeCompare(b.started));
  const good = builds.filter(({ result }) => result === "succeeded");
  const ended = builds.filter(({ result }) => result === "succeeded" || result === "failed");
  const names = [...new Set(good.flatMap(({ stages }) => Object.keys(stages)))];
  return {
    image,
    builds,
    successRate: ended.length === 0 ? null : Math.round((good.length / ended.length) * 1000) / 1000,
    medianSeconds: Object.fromEntries(
      names.map((name) => [name, median(good.flatMap(({ stages }) => stages[name] ?? []))]),
    ),
  };
}

function dataOf(statuses: readonly StageStatus[], stage: string): Readonly<Record<string, unknown>> {
  return statuses.find(({ name, state }) => name === stage && state === "succeeded")?.data ?? {};
}

function numberIn(data: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const value = data[name];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function given<K extends string>(name: K, value: number | undefined): Partial<Record<K, number>> {
  return value === undefined ? {} : ({ [name]: value } as Partial<Record<K, number>>);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return Math.round(((low + high) / 2) * 10) / 10;
}
