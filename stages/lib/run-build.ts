/**
 * Runs the stages of a build: everything whose needs are met at once, nothing twice that is still right. What happens is
 * told by events; files, APIs and processes are the stages' own.
 */
import { eventLine, stageStatuses, type BuildEvent, type StageStatus } from "../../model/events";
import type { StageRole } from "../../model/stage-selection";
import { stageInfo, type StageName } from "../../model/stages";
import { oneLine, StageError } from "./errors";
import type { EventLog } from "./event-log";
import { LeftBehind, patienceWith } from "./patience";
import { leftOut, readyStages, type Node, type Progress } from "./schedule";
import type { HostStage, StageContext, StageResult } from "./stage";
import type { StageLog } from "./stage-log";

/** Runs after whatever ended the build early. */
const TIDIES_UP: StageName = "clean-up";

/** How often a running stage shows that it is alive, seconds. */
const STILL_RUNNING = 60;

/** How long a stage that was told to stop may take for it, seconds: it may have an instance to remove. */
const STOPS_WITHIN = 100;

/** Before lines that are no events. */
const INDENT = " ".repeat(10);

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
  /** What is asked for of each stage. @default all are run as needed */
  readonly role?: (stage: StageName) => StageRole;
  /** Seconds until a stage that does not heed its signal is left behind. @default 100 */
  readonly stopsWithin?: number;
  /** A context for one run of a stage. */
  readonly context: (stage: StageName, tools: ContextTools) => StageContext;
  /** `slow` is told the name of a step that takes long. */
  readonly openLog: (stage: StageName, slow: (what: string) => void) => StageLog;
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
  /** A stage did not stop when it was told to: what it does goes on until this process ends. */
  readonly leftBehind: boolean;
}

/** A stage that was not to run has not done what others need of it. */
class NotThere extends StageError {}

/** Runs a build to its end. Stage failures are in the outcome; only an event log or a stage log that breaks throws. */
export async function runBuild(run: BuildRun): Promise<BuildOutcome> {
  return new Running(run).toItsEnd();
}

class Running {
  private readonly events: BuildEvent[];
  private readonly progress = new Map<StageName, Progress>();
  private readonly failed: { stage: StageName; message: string }[] = [];
  private ended: string | undefined;
  private broken: Error | undefined;
  private leftBehind = false;

  constructor(private readonly run: BuildRun) {
    this.events = [...run.history];
    // What nobody asked for keeps nobody waiting.
    for (const stage of run.stages.filter(({ name }) => this.roleOf(name) === "left out"))
      this.progress.set(stage.name, "done");
  }

  async toItsEnd(): Promise<BuildOutcome> {
    const running = new Set<Promise<void>>();
    for (;;) {
      for (const stage of this.startable()) {
        this.progress.set(stage.name, "running");
        const work: Promise<void> = this.one(stage).finally(() => running.delete(work));
        running.add(work);
      }
      if (running.size === 0) break;
      // After a failure nothing new starts; what runs beside it is let finish, so that a resume finds it done.
      await Promise.race(running);
    }
    if (this.broken !== undefined) throw this.broken;
    const { failed, leftBehind } = this;
    return { failed, leftBehind, ...(this.ended !== undefined && { ended: this.ended }) };
  }

  private roleOf(stage: StageName): StageRole {
    return this.run.role?.(stage) ?? "as needed";
  }

  private startable(): HostStage[] {
    if (this.run.signal.aborted || this.broken !== undefined) return [];
    const ready = readyStages(this.run.stages, this.progress);
    return this.run.stages.filter(({ name }) => ready.includes(name)).map((stage) => stage.implementation);
  }

  /** All of the build is over, whatever part of it was asked for: only tidying up is left. */
  private endEarly(reason: string): void {
    this.ended = reason;
    for (const { name } of this.run.stages) if (this.roleOf(name) === "left out") this.progress.delete(name);
    for (const stage of leftOut(this.run.stages, this.progress, TIDIES_UP)) {
      this.emit(stage, { state: "skipped", message: reason });
      this.progress.set(stage, "done");
    }
  }

  /** One stage from its first event to its last. Never throws. */
  private async one(stage: HostStage): Promise<void> {
    const { run } = this;
    const { name } = stage;
    const log = run.openLog(name, (what) => this.emit(name, { state: "progress", message: what }));
    const seconds = run.timeout(name);
    const timeUp = new AbortController();
    const late = setTimeout(() => timeUp.abort(new StageError(`took longer than ${seconds} s`)), seconds * 1000);
    const signal = AbortSignal.any([run.signal, timeUp.signal]);
    const patience = patienceWith(signal, run.stopsWithin ?? STOPS_WITHIN);
    const start = performance.now();
    const took = (): number => Math.round((performance.now() - start) / 100) / 10;
    const alive = setInterval(() => run.print(`${INDENT}${name}: still running, ${took()} s`), STILL_RUNNING * 1000);
    try {
      const context = run.context(name, this.tools(name, signal, log));
      await Promise.race([this.work(stage, context, took), patience.ended]);
      this.progress.set(name, "done");
    } catch (error) {
      this.leftBehind ||= error instanceof LeftBehind;
      this.fail(name, log, signal.aborted && !(error instanceof LeftBehind) ? signal.reason : error, took());
    } finally {
      clearTimeout(late);
      clearInterval(alive);
      patience.forget();
      await log.flush().catch((error: Error) => void (this.broken ??= error));
    }
  }

  private async work(stage: HostStage, context: StageContext, took: () => number): Promise<void> {
    const role = this.roleOf(stage.name);
    if (role !== "again" && (await this.stillRight(stage, context, role))) {
      this.run.print(`${INDENT}${stage.name}: done before and still right`);
      context.log.line("done before and still right");
      return;
    }
    if (role === "must be there")
      throw new NotThere("its earlier result is gone or no longer right: build without --from and --only to mend that");
    this.emit(stage.name, { state: "started", data: { runner: this.run.runner } });
    const result = await stage.run(context);
    this.emit(stage.name, successEvent(result, took()));
    if (result.endsBuild !== undefined) this.endEarly(result.endsBuild);
  }

  private fail(stage: StageName, log: StageLog, error: unknown, seconds: number): void {
    const message = oneLine(error);
    // A mistake of ours is found by its stack, one of the world's by its message.
    log.line(error instanceof Error && !(error instanceof StageError) ? (error.stack ?? message) : message);
    const data = error instanceof StageError ? error.data : undefined;
    // Why it failed when it ran is what has to be known; that it was needed is no failure of its own.
    if (!(error instanceof NotThere && this.statusOf(stage)?.state === "failed"))
      this.emit(stage, { state: "failed", message, seconds, ...(data && { data }) });
    this.progress.set(stage, "failed");
    this.failed.push({ stage, message });
  }

  /** Whether an earlier run did this stage and its work is still good. */
  private async stillRight(stage: HostStage, context: StageContext, role: StageRole): Promise<boolean> {
    if (this.statusOf(stage.name)?.state !== "succeeded") return false;
    // What can't be looked at is believed only where it is not to run.
    if (!stage.upToDate) return role === "must be there";
    try {
      return await stage.upToDate(context);
    } catch (error) {
      context.log.line(`cannot tell whether the earlier result is still right, so it is made again: ${oneLine(error)}`);
      return false;
    }
  }

  private tools(stage: StageName, signal: AbortSignal, log: StageLog): ContextTools {
    return {
      signal,
      log,
      progress: (message, data) => {
        log.line(message);
        this.emit(stage, { state: "progress", message, ...(data && { data }) });
      },
      dataOf: (name) => {
        const status = this.statusOf(name);
        return status?.state === "succeeded" ? (status.data ?? {}) : undefined;
      },
    };
  }

  private statusOf(stage: StageName): StageStatus | undefined {
    return stageStatuses(this.events).find((status) => status.name === stage);
  }

  private emit(stage: StageName, fields: Omit<BuildEvent, "time" | "build" | "stage">): void {
    const event: BuildEvent = { time: new Date().toISOString(), build: this.run.build, stage, ...fields };
    this.events.push(event);
    this.run.print(eventLine(event, this.events[0]?.time ?? event.time));
    this.run.events.append(event).catch((error: Error) => void (this.broken ??= error));
  }
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
