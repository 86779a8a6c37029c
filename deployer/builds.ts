/** What the share knows of builds. */
import { stageStatuses, type StageStatus } from "../model/events";
import { isFinished, isHostStage, mergedEvents } from "./build-state";
import type { Store, StoredBuild } from "./store";

/** - `ended`: nothing is left of it but what the share keeps */
export type BuildState = "running" | "failed" | "succeeded" | "no change" | "ended";

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
  const unchanged = stages.find(({ name }) => name === "checkout")?.data?.["unchangedSince"] !== undefined;
  const good = isFinished(stages);
  const ended = stages.find(({ name }) => name === "destroy-build-host")?.state === "succeeded";
  const state = ended ? "ended" : failed ? "failed" : good ? (unchanged ? "no change" : "succeeded") : "running";
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

/** The newest builds, newest first. */
export async function listBuilds(store: Store, image: string | undefined, limit: number): Promise<BuildSummary[]> {
  return (await store.listBuilds(image, limit)).map(summarise);
}
