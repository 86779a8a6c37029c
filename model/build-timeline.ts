/** When each stage of a build ran, and what that adds up to. Pure. */
import { stageStatuses, type BuildEvent, type EventState } from "./events";
import { STAGES, type StageName } from "./stages";

/** One try at a stage. */
export interface StageRun {
  readonly name: StageName;
  /** How it ended; `started` as long as it runs. */
  readonly state: Extract<EventState, "started" | "succeeded" | "failed" | "skipped">;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

export interface TimelineStage {
  readonly name: StageName;
  readonly number: number;
  readonly state: EventState | "waiting";
  /** Seconds of the last try; 0 for what has not run. */
  readonly seconds: number;
  readonly message?: string;
  readonly critical: boolean;
}

export interface Timeline {
  readonly stages: readonly TimelineStage[];
  /** Every try of every stage, in the order of their beginnings. */
  readonly runs: readonly StageRun[];
  /** Seconds in which at least one stage ran. */
  readonly working: number;
  /** Seconds between the first beginning and the last end in which none did: nobody had resumed the build yet. */
  readonly idle: number;
  /** Seconds that all stages would have taken one after the other: their last tries together. */
  readonly sum: number;
  /** The longest way through what waits for what, by the stages' last tries. */
  readonly criticalPath: { readonly stages: readonly StageName[]; readonly seconds: number };
}

/** Shorter pauses are the machine's, not somebody's. Milliseconds. */
const PAUSE = 5000;

/**
 * @param events all writers', in order
 * @param now when what runs is looked at. @default the last event's time: nothing is known to run any more
 */
export function timeline(events: readonly BuildEvent[], now?: Date): Timeline {
  const end = now?.getTime() ?? Math.max(0, ...events.map(({ time }) => Date.parse(time)));
  const runs = STAGES.flatMap(({ name }) => runsOf(name, events, end)).sort((a, b) => a.from - b.from);
  const seconds = new Map(STAGES.map(({ name }) => [name, secondsOf(runs.findLast((run) => run.name === name))]));
  const criticalPath = longestPath((name) => seconds.get(name) ?? 0);
  const busy = busyPeriods(runs);
  const working = inSeconds(busy.reduce((sum, { from, to }) => sum + to - from, 0));
  const [first, last] = [busy[0], busy.at(-1)];
  return {
    stages: stageStatuses(events).map(({ name, number, state, message }) => ({
      name,
      number,
      state,
      seconds: seconds.get(name) ?? 0,
      ...(message !== undefined && { message }),
      critical: criticalPath.stages.includes(name) && (seconds.get(name) ?? 0) > 0,
    })),
    runs,
    working,
    idle: first && last ? Math.max(0, inSeconds(last.to - first.from) - working) : 0,
    sum: round([...seconds.values()].reduce((sum, one) => sum + one, 0)),
    criticalPath,
  };
}

/** A stretch of time in which stages ran without a pause, milliseconds since the epoch. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** The stretches of time that runs fill together, in order; pauses of seconds belong to them. */
export function busyPeriods(runs: readonly StageRun[]): Period[] {
  const periods: Period[] = [];
  for (const { from, to } of [...runs].sort((a, b) => a.from - b.from)) {
    const last = periods.at(-1);
    if (last && from - last.to <= PAUSE) periods[periods.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else periods.push({ from, to });
  }
  return periods;
}

/** The tries at one stage. Stage 2 begins in one process and ends in another, so its end may tell its beginning. */
function runsOf(name: StageName, events: readonly BuildEvent[], end: number): StageRun[] {
  const runs: StageRun[] = [];
  let from: number | undefined;
  let before = 0;
  for (const event of events) {
    const time = Date.parse(event.time);
    if (event.stage === name && event.state === "started") {
      // A try that was cut off tells no end of its own: the last sign of the build before the next try is the best guess.
      if (from !== undefined) runs.push({ name, state: "failed", from, to: Math.max(from, before) });
      from = time;
    } else if (event.stage === name && event.state !== "progress") {
      const begun = from ?? (event.seconds === undefined ? undefined : time - event.seconds * 1000);
      if (begun !== undefined) runs.push({ name, state: event.state, from: begun, to: Math.max(begun, time) });
      from = undefined;
    }
    before = time;
  }
  if (from !== undefined) runs.push({ name, state: "started", from, to: Math.max(from, end) });
  return runs;
}

function secondsOf(run: StageRun | undefined): number {
  return run ? inSeconds(run.to - run.from) : 0;
}

function longestPath(seconds: (name: StageName) => number): Timeline["criticalPath"] {
  const best = new Map<string, Timeline["criticalPath"]>();
  // Needs come before what needs them, so one pass is enough.
  for (const { name, needs } of inOrderOfNeeds()) {
    const before = longest(needs.map((need) => best.get(need)));
    best.set(name, {
      stages: seconds(name) > 0 ? [...before.stages, name] : before.stages,
      seconds: round(before.seconds + seconds(name)),
    });
  }
  return longest([...best.values()]);
}

function longest(paths: readonly (Timeline["criticalPath"] | undefined)[]): Timeline["criticalPath"] {
  const none = { stages: [], seconds: 0 };
  return paths.reduce<Timeline["criticalPath"]>((a, b) => (b && b.seconds > a.seconds ? b : a), none);
}

/** Stages so that each comes after all that it needs; their numbers are those of the article, not of their order. */
function inOrderOfNeeds(): readonly (typeof STAGES)[number][] {
  const placed: (typeof STAGES)[number][] = [];
  const isPlaced = (need: string): boolean => placed.some(({ name }) => name === need);
  while (placed.length < STAGES.length) {
    const next = STAGES.filter(({ name, needs }) => !isPlaced(name) && needs.every(isPlaced));
    if (next.length === 0) throw new Error("the stages wait for each other in a circle");
    placed.push(...next);
  }
  return placed;
}

const inSeconds = (milliseconds: number): number => round(milliseconds / 1000);
const round = (seconds: number): number => Math.round(seconds * 10) / 10;
