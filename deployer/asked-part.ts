/** The part of a build that is asked for, against what has been done of it. Pure. */
import { isHostStage } from "../model/build-progress";
import type { BuildEvent, StageStatus } from "../model/events";
import { isWhole, missingNeeds, selectionText, WHOLE, type StageSelection } from "../model/stage-selection";
import { stageInfo } from "../model/stages";

/** What the runner of a build was last started for. */
export function startedFor(events: readonly BuildEvent[]): StageSelection {
  return events.findLast((event) => isStart(event))?.data?.["selection"] ?? WHOLE;
}

/** Whether the last run on the host has ended: what tidies up behind a runner speaks last, until one is started again. */
export function runEnded(events: readonly BuildEvent[]): boolean {
  const last = events.findLast((event) => isStart(event) || isHostStage({ name: event.stage }));
  return last?.stage === "clean-up" && last.state !== "started" && last.state !== "progress";
}

/** A runner was started; joining one that is at work tells no selection. */
function isStart({ stage, state, data }: BuildEvent): boolean {
  return stage === "add-agent" && state === "succeeded" && data?.["selection"] !== undefined;
}

/** One line when what is asked for can't be done because of what is missing before it. */
export function unmetNeeds(
  image: string,
  selection: StageSelection,
  statuses: readonly StageStatus[],
): string | undefined {
  const missing = missingNeeds(selection, statuses).map((name) => `${stageInfo(name).number} ${name}`);
  if (missing.length === 0) return undefined;
  const what = missing.length === 1 ? `stage ${missing[0] ?? ""} has` : `stages ${missing.join(", ")} have`;
  return `image ${image}: ${selectionText(selection)}: ${what} not succeeded in a build whose host is there; build without it`;
}

/** One line for who asked for another part than the one at work, which is let finish. */
export function otherAtWork(working: StageSelection, asked: StageSelection): string | undefined {
  const [at, wanted] = [working, asked].map((one) => (isWhole(one) ? "the whole build" : selectionText(one)));
  if (at === wanted) return undefined;
  return `the runner is at work on ${at ?? ""}: ${wanted ?? ""} comes when that is done`;
}

/** One line when a build's time is over: the reaper may come at any moment. @param expires ISO 8601 */
export function hasExpired(
  { build, image }: { readonly build: string; readonly image: string },
  expires: string | undefined,
  now: Date,
): string | undefined {
  if (expires === undefined || !(Date.parse(expires) < now.getTime())) return undefined;
  return `build ${build} has expired (${expires}): its host starts nothing any more; end it (cdktf destroy build-${image}) and build again`;
}
