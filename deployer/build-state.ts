/** What the events of a build add up to. Pure. */
import { mergeEvents, type BuildEvent, type StageStatus } from "../model/events";
import { HOST_STAGES } from "../model/stages";
import type { StoredBuild } from "./store";

export function mergedEvents(stored: StoredBuild): BuildEvent[] {
  return mergeEvents(...Object.values(stored.events));
}

/** Whether nothing is left to do on the host. */
export function isFinished(statuses: readonly StageStatus[]): boolean {
  const host = statuses.filter(isHostStage);
  const done = host.every(({ state }) => state === "succeeded" || state === "skipped");
  // After a failure clean-up is "skipped": the rest of the build is still to come.
  return done && host.at(-1)?.state === "succeeded";
}

export function isHostStage({ name }: Pick<StageStatus, "name">): boolean {
  return HOST_STAGES.some((stage) => stage.name === name);
}

/** "9 of 15 stages succeeded; running: build-image" */
export function overview(statuses: readonly StageStatus[]): string {
  const named = (...states: readonly string[]): string =>
    statuses
      .filter(({ state }) => states.includes(state))
      .map(({ name }) => name)
      .join(", ");
  const done = statuses.filter(({ state }) => state === "succeeded").length;
  const parts = [
    ["skipped", named("skipped")],
    ["running", named("started", "progress")],
    ["failed", named("failed")],
  ] as const;
  const rest = parts.filter(([, list]) => list !== "").map(([state, list]) => `${state}: ${list}`);
  return [`${done} of ${statuses.length} stages succeeded`, ...rest].join("; ");
}
