/** What the share knows of builds. */
import { unchangedSince } from "../model/build-progress";
import { buildRow, imageStatistics, type ImageStatistics } from "../model/build-statistics";
import { timeline, type Timeline } from "../model/build-timeline";
import { whoCancelled } from "../model/cancellation";
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
  /** The stage that runs, failed, or was last; of one that ended without an image where it stopped. */
  readonly stage: string;
  readonly message?: string | undefined;
  /** ISO 8601. */
  readonly started?: string | undefined;
  readonly last?: string | undefined;
  /** In which something was done, of one that runs until now: how long the host then stood is no part of it. */
  readonly seconds: number;
  /** Whether all its stages on the host succeeded, also of one that has ended. */
  readonly good: boolean;
  /** It ended early, as a success: nothing had changed. */
  readonly unchanged: boolean;
  /** Who stopped it (user@host). */
  readonly cancelledBy?: string;
  readonly stages: readonly StageStatus[];
}

/** Pure. @param now when what runs is looked at. @default the last event's time */
export function summarise(stored: StoredBuild, now?: Date): BuildSummary {
  const events = mergedEvents(stored);
  const stages = stageStatuses(events);
  const [first, last] = [events[0]?.time, events.at(-1)?.time];
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
  const broken = state === "failed" || (state === "ended" && !good);
  const current =
    (broken ? failed : state === "running" ? of("started", "progress") : undefined) ??
    (broken ? stages.findLast((stage) => isHostStage(stage) && stage.state === "succeeded") : undefined) ??
    of("succeeded", "started");
  const cancelled = whoCancelled(stages);
  return {
    build: stored.build,
    image: stored.image,
    state,
    stage: current?.name ?? "",
    ...(current?.message !== undefined && { message: current.message }),
    ...(first !== undefined && { started: first }),
    ...(last !== undefined && { last }),
    seconds: timeline(events, now).working,
    good,
    unchanged,
    ...(cancelled !== undefined && { cancelledBy: cancelled }),
    stages,
  };
}

function stateOf(stages: readonly StageStatus[], stage: StageName): StageStatus["state"] | undefined {
  return stages.find(({ name }) => name === stage)?.state;
}

/** The newest builds, newest first. */
export async function listBuilds(store: Store, image: string | undefined, limit: number): Promise<BuildSummary[]> {
  const found: BuildSummary[] = [];
  for (const stored of await store.listBuilds(image, limit)) found.push((await watched(store, stored)).summary);
  return found;
}

interface Watched {
  readonly summary: BuildSummary;
  /** When it is looked at, by the share's clock; undefined for one that has not run on since its last event. */
  readonly now?: Date;
  readonly silentSeconds?: number;
}

/** A build as it is now: one that runs is asked for its runner's last sign of life. */
async function watched(store: Store, stored: StoredBuild): Promise<Watched> {
  const summary = summarise(stored);
  if (summary.state !== "running") return { summary };
  const { heartbeat, now } = await store.readLease(parseBuildId(stored.build).image);
  const beat = beatOf(stored.build, heartbeat);
  // What does not live any more has not run on since it was last heard of.
  if (!beat && summary.stages.some((stage) => isHostStage(stage) && stage.state !== "waiting")) return { summary };
  const silent = beat && Math.max(0, (now.getTime() - Date.parse(beat.time)) / 1000);
  return { summary: summarise(stored, now), now, ...(silent !== undefined && { silentSeconds: silent }) };
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
  const { summary, now, silentSeconds } = await watched(store, stored);
  return {
    ...summary,
    timeline: timeline(mergedEvents(stored), now),
    ...(silentSeconds !== undefined && { silentSeconds }),
  };
}
