/**
 * Runs the stages of a build: everything whose needs are met at once, nothing twice that is still right. What happens is
 * told by events; files, APIs and processes are the stages' own.
 */
import { eventLine, stageStatuses, type BuildEvent, type StageStatus } from "../../model/events";
import { stageInfo, type StageName } from "../../model/stages";
import { oneLine, StageError } from "./errors";
import type { EventLog } from "./event-log";
import { leftOut, readyStages, type Node, type Progress } from "./schedule";
import type { HostStage, StageContext, StageResult } from "./stage";
import type { StageLog } from "./stage-log";

/** Runs after whatever ended the build early. */
const TIDIES_UP: StageName = "clean-up";

/** How often a running stage shows that it is alive, seconds. */
const STILL_RUNNING = 60;

export interface BuildRun {
  readonly build: string;
  /** SHA-256 of the runner itself: each stage's `started` event tells which runner ran it. */
  readonly runner: string;
  /** The stages that run here, in order, each with its implementation. */
  readonly stages: readonly (Node & { readonly implementation: HostStage })[];
  /** What earlier runs of this build told (all writers). */
  readonly history: readonly BuildEvent[];
  readonly events: EventLog;
  /** Seconds that a stage may take. */
  readonly timeout: (stage: StageName) => number;
  /** A context for one run of a stage. */
  readonly context: (stage: StageName, tools: ContextTools) => StageContext;
  readonly openLog: (stage: StageName) => StageLog;
  /** Shows a line to whoever watches. */
  readonly print: (line: string) => void;
  /** Stops everything: the stages get it as their own signal's cause. */
  readonly signal: AbortSignal;
}

export interface ContextTools {
  readonly signal: AbortSignal;
  readonly log: StageLog;
  readonly progress: StageContext["progress"];
  readonly dataOf: (stage: StageName) => unknown;
}

export interface BuildOutcome {
  readonly failed: readonly { readonly stage: StageName; readonly message: string }[];
  /** The reason, when the build ended early as a success. */
  readonly ended?: string;
}

/** Runs a build to its end. Stage failures are in the outcome; only a broken event log throws. */
export async function runBuild(run: BuildRun): Promise<BuildOutcome> {
  const events: BuildEvent[] = [...run.history];
  const started = (): string => events[0]?.time ?? new Date().toISOString();
  const progress = new Map<StageName, Progress>();
  const failed: { stage: StageName; message: string }[] = [];
  let ended: string | undefined;
  let broken: Error | undefined;

  const emit = (stage: StageName, fields: Omit<BuildEvent, "time" | "build" | "stage">): void => {
    const event: BuildEvent = { time: new Date().toISOString(), build: run.build, stage, ...fields };
    events.push(event);
    run.print(eventLine(event, started()));
    run.events.append(event).catch((error: Error) => void (broken ??= error));
  };
  const statusOf = (stage: StageName) => stageStatuses(events).find((status) => status.name === stage);
  const tools = (stage: StageName, signal: AbortSignal, log: StageLog): ContextTools => ({
    signal,
    log,
    progress: (message, data) => {
      log.line(message);
      emit(stage, { state: "progress", message, ...(data && { data }) });
    },
    dataOf: (name) => {
      const status = statusOf(name);
      return status?.state === "succeeded" ? (status.data ?? {}) : undefined;
    },
  });

  /** Whether an earlier run did this stage and its work is still good. */
  const stillRight = async (stage: HostStage, context: StageContext): Promise<boolean> => {
    if (statusOf(stage.name)?.state !== "succeeded" || !stage.upToDate) return false;
    try {
      return await stage.upToDate(context);
    } catch (error) {
      context.log.line(`cannot tell whether the earlier result is still right, so it is made again: ${oneLine(error)}`);
      return false;
    }
  };

  const one = async (stage: HostStage): Promise<void> => {
    const log = run.openLog(stage.name);
    const seconds = run.timeout(stage.name);
    const timeUp = new AbortController();
    const late = setTimeout(() => timeUp.abort(new StageError(`took longer than ${seconds} s`)), seconds * 1000);
    const signal = AbortSignal.any([run.signal, timeUp.signal]);
    const context = run.context(stage.name, tools(stage.name, signal, log));
    const start = performance.now();
    const took = (): number => Math.round((performance.now() - start) / 100) / 10;
    const alive = setInterval(
      () => run.print(`          ${stage.name}: still running, ${took()} s`),
      STILL_RUNNING * 1000,
    );
    try {
      if (await stillRight(stage, context)) {
        run.print(`          ${stage.name}: done before and still right`);
        log.line("done before and still right");
      } else {
        emit(stage.name, { state: "started", data: { runner: run.runner } });
        const result = await stage.run(context);
        emit(stage.name, successEvent(result, took()));
        if (result.endsBuild !== undefined) ended = result.endsBuild;
      }
      progress.set(stage.name, "done");
    } catch (error) {
      const message = oneLine(run.signal.aborted ? run.signal.reason : error);
      log.line(error instanceof Error && !(error instanceof StageError) ? (error.stack ?? message) : message);
      const data = error instanceof StageError ? error.data : undefined;
      emit(stage.name, { state: "failed", message, seconds: took(), ...(data && { data }) });
      progress.set(stage.name, "failed");
      failed.push({ stage: stage.name, message });
    } finally {
      clearTimeout(late);
      clearInterval(alive);
      await log.flush().catch((error: Error) => void (broken ??= error));
    }
  };

  const running = new Set<Promise<void>>();
  for (;;) {
    if (ended !== undefined) {
      for (const stage of leftOut(run.stages, progress, TIDIES_UP)) {
        emit(stage, { state: "skipped", message: ended });
        progress.set(stage, "done");
      }
    }
    const ready = run.signal.aborted || broken !== undefined ? [] : readyStages(run.stages, progress);
    for (const name of ready) {
      const stage = run.stages.find((each) => each.name === name);
      if (!stage) continue;
      progress.set(name, "running");
      const work: Promise<void> = one(stage.implementation).finally(() => running.delete(work));
      running.add(work);
    }
    if (running.size === 0) break;
    // After a failure nothing new starts; what runs beside it is let finish, so that a resume finds it done.
    await Promise.race(running);
  }
  if (broken !== undefined) throw broken;
  return { failed, ...(ended !== undefined && { ended }) };
}

/**
 * Pure: whether a build has nothing left to do on this host. One that ended early because nothing had changed is not
 * complete once it is forced.
 */
export function isComplete(statuses: readonly StageStatus[], force: boolean): boolean {
  const here = statuses.filter(({ name }) => stageInfo(name).where === "host");
  const early = here.some(({ data }) => data?.["unchangedSince"] !== undefined);
  if (here.find(({ name }) => name === TIDIES_UP)?.state !== "succeeded" || (early && force)) return false;
  return here.every(({ state }) => state === "succeeded" || state === "skipped");
}

function successEvent(result: StageResult, seconds: number): Omit<BuildEvent, "time" | "build" | "stage"> {
  return {
    state: result.skipped ? "skipped" : "succeeded",
    seconds,
    ...(result.message !== undefined && { message: result.message }),
    ...(result.data && { data: { ...result.data } }),
  };
}
