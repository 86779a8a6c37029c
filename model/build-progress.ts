/** What the states of a build's stages add up to. */
import type { StageStatus } from "./events";
import { isWhole, stageRoles, type StageSelection } from "./stage-selection";
import { HOST_STAGES } from "./stages";

const LAST = HOST_STAGES.at(-1)?.name;

/** Whether nothing is left to do on the host. */
export function isFinished(statuses: readonly StageStatus[]): boolean {
  const host = statuses.filter(isHostStage);
  const done = host.every(({ state }) => state === "succeeded" || state === "skipped");
  // After a failure clean-up is "skipped": the rest of the build is still to come.
  return done && host.at(-1)?.state === "succeeded";
}

/** Whether all that is asked for is done; a build that ended early has nothing left to do either. */
export function isDone(statuses: readonly StageStatus[], selection: StageSelection): boolean {
  if (isFinished(statuses)) return true;
  if (isWhole(selection)) return false;
  return [...stageRoles(selection)].every(([name, role]) => {
    const state = statuses.find((status) => status.name === name)?.state;
    // Behind every run something is tidied, and clean-up "skipped": who asks for it has not had it yet.
    return role === "left out" || state === "succeeded" || (state === "skipped" && name !== LAST);
  });
}

export function isHostStage({ name }: Pick<StageStatus, "name">): boolean {
  return HOST_STAGES.some((stage) => stage.name === name);
}

/** Whether it has made an image: all its stages are done, and it did not end early because nothing had changed. */
export function isGood(statuses: readonly StageStatus[]): boolean {
  return isFinished(statuses) && statuses.find(({ name }) => name === "build-image")?.state === "succeeded";
}

/** The release that nothing has changed since, when a build ended early for that; whichever stage found it out. */
export function unchangedSince(statuses: readonly StageStatus[]): string | undefined {
  const found = statuses.map(({ data }) => data?.["unchangedSince"]).find((build) => build !== undefined);
  return typeof found === "string" ? found : undefined;
}
