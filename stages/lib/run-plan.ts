/** A run of the runner: the plan's stages, or those of them that are asked for, from where an earlier run ended. */
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { stageStatuses, type BuildEvent } from "../../model/events";
import type { BuildPlan } from "../../model/plan";
import { isWhole, selectionText, stageRoles, WHOLE } from "../../model/stage-selection";
import { stageSeconds } from "../../model/stage-timeouts";
import { HOST_STAGES, stageInfo, type StageName } from "../../model/stages";
import { makeContext } from "./context";
import { oneLine } from "./errors";
import { openEventLog, readAllEvents } from "./event-log";
import { startHeartbeat } from "./heartbeat";
import { logName, type Layout } from "./layout";
import { restoreArtefacts } from "./restore";
import { isComplete, runBuild, type BuildOutcome } from "./run-build";
import type { HostStage } from "./stage";
import { openStageLog } from "./stage-log";
import { stopSignal } from "./stop-signal";

export interface PlanRun {
  readonly plan: BuildPlan;
  readonly paths: Layout;
  readonly implementations: readonly HostStage[];
  /** SHA-256 of the runner. */
  readonly runner: string;
  readonly print: (line: string) => void;
}

/** The exit code: 0 done, 1 a stage failed or the runner was stopped. */
export async function runPlan({ plan, paths, implementations, runner, print }: PlanRun): Promise<number> {
  const { signal, end } = stopSignal({ note: paths.stopNote, timeout: plan.timeout });
  const selection = plan.selection ?? WHOLE;
  await mkdir(paths.events, { recursive: true });
  const history = await readAllEvents(paths.events);
  if (isWhole(selection) && isComplete(stageStatuses(history), plan.options.force)) {
    print(`build ${plan.build} is complete: nothing to do`);
    end();
    return 0;
  }
  if (!isWhole(selection)) print(`build ${plan.build}: ${selectionText(selection)}`);
  const events = await openEventLog(paths.hostEvents);
  const stopHeartbeat = startHeartbeat(paths.heartbeat, plan.build, (error) =>
    print(`heartbeat: ${oneLine(error)} (tried again in a moment)`),
  );
  const roles = stageRoles(selection);
  const seconds: Readonly<Partial<Record<StageName, number>>> = { ...stageSeconds(), ...plan.timeouts };
  try {
    await restoreIfGone(plan, paths, history, signal, print);
    const outcome = await runBuild({
      build: plan.build,
      runner,
      stages: HOST_STAGES.map((stage) => ({ ...stage, implementation: implementationOf(stage.name, implementations) })),
      history,
      events,
      signal,
      print,
      role: (stage) => roles.get(stage) ?? "left out",
      timeout: (stage) => seconds[stage] ?? 0,
      context: (stage, tools) => makeContext(plan, paths, stage, tools),
      openLog: (stage, slow) => openStageLog(path.join(paths.logs, logName(stage)), { slow }),
    });
    return tell(outcome, { plan, paths, print, stopped: signal.aborted });
  } finally {
    stopHeartbeat();
    end();
    await events.close();
  }
}

function tell(
  { failed, ended }: BuildOutcome,
  { plan, paths, print, stopped }: Pick<PlanRun, "plan" | "paths" | "print"> & { readonly stopped: boolean },
): number {
  for (const { stage, message } of failed) {
    const log = path.join(paths.logs, logName(stage));
    print(`stage ${stageInfo(stage).number} ${stage} failed: ${message} (log: ${log})`);
  }
  if (failed.length > 0 || stopped) return 1;
  const selection = plan.selection ?? WHOLE;
  const done = isWhole(selection) ? "all stages on this host are done" : `${selectionText(selection)} is done`;
  print(ended ?? `build ${plan.build}: ${done}`);
  return 0;
}

/** Clean-up empties scratch, and a build goes on after it where a part of it is asked for again. */
async function restoreIfGone(
  plan: BuildPlan,
  paths: Layout,
  history: readonly BuildEvent[],
  signal: AbortSignal,
  print: (line: string) => void,
): Promise<void> {
  if (stageStatuses(history).find(({ name }) => name === "build-image")?.state !== "succeeded") return;
  const restored = await restoreArtefacts(paths, plan.build, signal);
  if (restored > 0) print(`${restored} artefacts are taken from the share: scratch no longer has them`);
}

function implementationOf(name: StageName, implementations: readonly HostStage[]): HostStage {
  const found = implementations.find((stage) => stage.name === name);
  if (!found) throw new Error(`stage ${name} has no implementation (stages/index.ts)`);
  return found;
}
