/** Runs when the runner has ended, however that was: removes what is temporary, then the secrets. */
import { rm } from "node:fs/promises";
import path from "node:path";
import { isDone, isHostStage } from "../../model/build-progress";
import { stageStatuses, type BuildEvent, type EventState, type StageStatus } from "../../model/events";
import type { BuildPlan } from "../../model/plan";
import { isWhole, selectionText, WHOLE } from "../../model/stage-selection";
import { stageInfo } from "../../model/stages";
import { readCredentials, sessionFor } from "./context";
import { oneLine } from "./errors";
import { openEventLog, readAllEvents } from "./event-log";
import { logName, type Layout } from "./layout";
import { openStageLog, type StageLog } from "./stage-log";
import { sweepTemporary, sweptText } from "./sweep";
import { releaseBelow, wipeSecrets } from "./tidy";

const STAGE = "clean-up";

/**
 * Tidies up behind a run, then takes its sign of life away: the image's next build need not wait until it is old.
 * @returns whether all of it worked
 */
export async function afterRun(plan: BuildPlan, paths: Layout, print: (line: string) => void): Promise<boolean> {
  try {
    return await tidyBehind(plan, paths, print);
  } finally {
    await rm(paths.heartbeat, { force: true });
  }
}

/**
 * After a success there is only the wiping left to be sure of; after a failure (or a kill), and
 * after a part of a build, it is told as an event of stage 14, and artefacts, logs and the private image stay for a
 * resume.
 */
async function tidyBehind(plan: BuildPlan, paths: Layout, print: (line: string) => void): Promise<boolean> {
  const history = await readAllEvents(paths.events);
  const statuses = stageStatuses(history);
  if (isTidied(history)) {
    await wipeSecrets(paths);
    return true;
  }
  const events = await openEventLog(paths.hostEvents);
  const log = openStageLog(path.join(paths.logs, logName(STAGE)));
  const start = performance.now();
  const emit = async (stage: BuildEvent["stage"], state: EventState, message: string): Promise<void> => {
    const seconds = Math.round((performance.now() - start) / 100) / 10;
    const event = { time: new Date().toISOString(), build: plan.build, stage, state, message };
    await events.append(stage === STAGE && state !== "started" ? { ...event, seconds } : event);
    print(`${stage} ${state}: ${message}`);
  };
  try {
    // A stage that was killed could not say so itself.
    for (const { name, state } of statuses.filter((status) => status.name !== STAGE)) {
      const killed = state === "started" || state === "progress";
      if (killed && stageInfo(name).where === "host")
        await emit(name, "failed", "the runner was ended in the middle of this stage");
    }
    const stopped = howItStopped(plan, statuses);
    await emit(STAGE, "started", `after a run that ${stopped}`);
    const problems = await tidyAll(plan, paths, log, async (what) => emit(STAGE, "progress", what));
    if (problems.length > 0) await emit(STAGE, "failed", problems.join("; "));
    else await emit(STAGE, "skipped", `the build ${stopped}: artefacts, logs and private image stay for a resume`);
    return problems.length === 0;
  } finally {
    await log.flush();
    await events.close();
  }
}

/** Whether clean-up came last: what ran after it may have left things again. */
function isTidied(history: readonly BuildEvent[]): boolean {
  const last = history.findLast(({ stage }) => isHostStage({ name: stage }));
  return last?.stage === STAGE && last.state === "succeeded";
}

function howItStopped({ selection = WHOLE }: BuildPlan, statuses: readonly StageStatus[]): string {
  if (isWhole(selection) || !isDone(statuses, selection)) return "did not succeed";
  return `went no further than asked for (${selectionText(selection)})`;
}

/** Each part is tried whatever became of the others; the secrets go last, the sweep needs them. */
async function tidyAll(
  plan: BuildPlan,
  paths: Layout,
  log: StageLog,
  tell: (what: string) => Promise<void>,
): Promise<string[]> {
  const problems: string[] = [];
  const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await log.step(what, work);
    } catch (error) {
      problems.push(`${what}: ${oneLine(error)}`);
    }
  };
  await attempt("temporary instances", async () => {
    const credential = (await readCredentials(paths))?.[plan.home.cloud];
    // Without credentials nothing can be done here; the destroy removes by tag what may be left.
    if (!credential) return log.line("no credentials on this host any more");
    const swept = await sweepTemporary(sessionFor(credential, plan.home), plan);
    await tell(`removed ${sweptText(swept)}`);
  });
  await attempt("mounts and loop devices", async () => releaseBelow(paths.scratch, (line) => log.line(line)));
  await attempt("secrets", async () => wipeSecrets(paths));
  return problems;
}
