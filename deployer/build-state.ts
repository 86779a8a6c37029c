/** What the events of a build add up to. Pure. */
import { mergeEvents, type BuildEvent, type StageStatus } from "../model/events";
import type { StoredBuild } from "./store";

export { isDone, isFinished, isHostStage } from "../model/build-progress";

export function mergedEvents(stored: StoredBuild): BuildEvent[] {
  return mergeEvents(...Object.values(stored.events));
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
