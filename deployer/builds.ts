/** What the share knows of builds. */
import { unchangedSince } from "../model/build-progress";
import { buildRow, imageStatistics, type ImageStatistics } from "../model/build-statistics";
import { timeline, type Timeline } from "../model/build-timeline";
import { stageStatuses, type StageStatus } from "../model/events";
import { beatOf } from "../model/lease";
import { BUILD_ID, parseBuildId } from "../model/naming";
import type { StageName } from "../model/stages";
import { isFinished, isHostStage, mergedEvents } from "./build-state";
import type { Store, StoredBuild } from "./store";
import { UserError } from "./user-error";

/**
 * - `stopped`: it went as far as was asked for and can be gone on with
 * - `ended`: nothing is left of it but what the share keeps
 */
export type BuildState = "running" | "failed" | "stopped" | "succeeded" | "no change" | "ended";

export interface BuildSummary {
  readonly build: string;
  readonly image: string;
  readonly state: BuildState;
  /** The stage that runs, failed, or was last. */
  readonly stage: string;
  readonly message?: string | undefined;
  /** ISO 8601. */
  readonly started?: string | undefined;
  readonly last?: string | undefined;
  /** Seconds from the first event to the last on the build host: how long the host then stood is no part of it. */
  readonly seconds: number;
  /** Whether all its stages on the host succeeded, also of one that has ended. */
  readonly good: boolean;
  /** It ended early, as a success: nothing had changed. */
  readonly unchanged: boolean;
  readonly stages: readonly StageStatus[];
}

/** Pure. */
export function summarise(stored: StoredBuild): BuildSummary {
  const events = mergedEvents(stored);
  const stages = stageStatuses(events);
  const [first, last] = [events[0]?.time, events.at(-1)?.time];
  const worked = events.findLast((event) => isHostStage({ name: event.stage }))?.time ?? last;
  const of = (...states: readonly string[]): StageStatus | undefined =>
    stages.findLast((stage) => states.includes(stage.state));
  const failed = of("failed");
  const unchanged = unchangedSince(stages) !== undefined;
  const good = isFinished(stages);
  const ended = stateOf(stages, "destroy-build-host") === "succeeded";
  // Only who tidies up behind a runner leaves clean-up out.
  const stopped = of("started", "progress") === undefined && stateOf(stages, "clean-up") === "skipped";
  const open = failed ? "failed" : stopped ? "stopped" : "running";
  const state = ended ? "ended" : good && !failed ? (unchanged ? "no change" : "succeeded") : open;
  const current =
    (state === "failed" ? failed : state === "running" ? of("started", "progress") : undefined) ??
    of("succeeded", "started");
  return {
    build: stored.build,
    image: stored.image,
    state,
    stage: current?.name ?? "",
    ...(current?.message !== undefined && { message: current.message }),
    ...(first !== undefined && { started: first }),
    ...(last !== undefined && { last }),
    seconds: first === undefined || worked === undefined ? 0 : (Date.parse(worked) - Date.parse(first)) / 1000,
    good,
    unchanged,
    stages,
  };
}

function stateOf(stages: readonly StageStatus[], stage: StageName): StageStatus["state"] | undefined {
  return stages.find(({ name }) => name === stage)?.state;
}

/** The newest builds, newest first. */
export async function listBuilds(store: Store, image: string | undefined, limit: number): Promise<BuildSummary[]> {
  return (await store.listBuilds(image, limit)).map(summarise);
}

/** How many builds of an image statistics look at. */
const LOOKED_AT = 200;

/** Of all builds of the image that the share keeps. */
export async function statisticsOf(store: Store, image: string): Promise<ImageStatistics> {
  const rows = (await store.listBuilds(image, LOOKED_AT)).map(({ build, events }) =>
    buildRow(build, Object.values(events)),
  );
  return imageStatistics(
    image,
    rows.filter((row) => row !== undefined),
  );
}

export interface ShownBuild extends BuildSummary {
  readonly timeline: Timeline;
  /** Seconds since its runner's last sign of life, where there was one of late. */
  readonly silentSeconds?: number;
}

/** One build by its id, or the newest of an image. Throws a UserError when there is none. */
export async function showBuild(store: Store, name: string): Promise<ShownBuild> {
  const stored = BUILD_ID.test(name) ? await store.readBuild(name) : (await store.listBuilds(name, 1))[0];
  if (!stored || Object.keys(stored.events).length === 0)
    throw new UserError(`the share knows no build ${name}; factory build list shows those that there are`);
  const summary = summarise(stored);
  const events = mergedEvents(stored);
  if (summary.state !== "running") return { ...summary, timeline: timeline(events) };
  const { heartbeat, now } = await store.readLease(parseBuildId(stored.build).image);
  const beat = beatOf(stored.build, heartbeat);
  // What does not live any more has not run on since it was last heard of.
  if (!beat && summary.stages.some((stage) => isHostStage(stage) && stage.state !== "waiting"))
    return { ...summary, timeline: timeline(events) };
  const silent = beat && Math.max(0, (now.getTime() - Date.parse(beat.time)) / 1000);
  return { ...summary, timeline: timeline(events, now), ...(silent !== undefined && { silentSeconds: silent }) };
}
