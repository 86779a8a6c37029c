/**
 * What a build tells about itself: one JSON object a line, appended to `events/<writer>.jsonl` in the build's
 * directory. Writers never share a file; readers merge by time.
 */
import { STAGES, type StageName } from "./stages";

export type EventState = "started" | "progress" | "succeeded" | "failed" | "skipped";

export interface BuildEvent {
  /** ISO 8601, UTC, milliseconds. */
  readonly time: string;
  readonly build: string;
  readonly stage: StageName;
  readonly state: EventState;
  /** One line for people: what is going on, or what is wrong, where, and what to do. */
  readonly message?: string;
  /** Seconds since the stage started; on `succeeded` and `failed`. */
  readonly seconds?: number;
  /** What later stages and the reports need of this stage (image ids, hashes, sizes, …). Never a secret. */
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface StageStatus {
  readonly name: StageName;
  readonly number: number;
  readonly state: EventState | "waiting";
  readonly message?: string;
  readonly seconds?: number;
  readonly started?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Events of one JSONL text. A last line cut off by a crash is left out; a broken line elsewhere throws. */
export function parseEvents(text: string): BuildEvent[] {
  const lines = text.split("\n");
  return lines.flatMap((line, index) => {
    if (line.trim() === "") return [];
    try {
      return [JSON.parse(line) as BuildEvent];
    } catch (error) {
      if (index === lines.length - 1) return [];
      throw new Error(`events line ${index + 1} is not JSON: ${line.slice(0, 80)}`, { cause: error });
    }
  });
}

/** Several writers' events in the order of their times; the order within one writer is kept. */
export function mergeEvents(...writers: readonly (readonly BuildEvent[])[]): BuildEvent[] {
  return writers.flat().sort((a, b) => a.time.localeCompare(b.time));
}

/** The state of all 15 stages after these events: the latest event of a stage decides. */
export function stageStatuses(events: readonly BuildEvent[]): StageStatus[] {
  return STAGES.map(({ name, number }) => {
    const own = events.filter((event) => event.stage === name);
    const last = own.at(-1);
    const started = own.findLast((event) => event.state === "started")?.time;
    if (!last) return { name, number, state: "waiting" };
    const { state, message, seconds, data } = last;
    return {
      name,
      number,
      state,
      ...(message !== undefined && { message }),
      ...(seconds !== undefined && { seconds }),
      ...(started !== undefined && { started }),
      ...(data !== undefined && { data }),
    };
  });
}

/** One console line of an event: elapsed seconds since the build's first event, stage, state, message. */
export function eventLine(event: BuildEvent, buildStarted: string): string {
  const elapsed = (Date.parse(event.time) - Date.parse(buildStarted)) / 1000;
  const number = STAGES.find((stage) => stage.name === event.stage)?.number ?? 0;
  const took = event.seconds === undefined ? "" : ` (${event.seconds.toFixed(1)} s)`;
  const state = event.state === "progress" ? "…" : event.state;
  const head = `[${elapsed.toFixed(1).padStart(7)} s] ${String(number).padStart(2)} ${event.stage.padEnd(19)} ${state}${took}`;
  return event.message ? `${head} ${messageText(event)}` : head;
}

/** What an event says, behind the class of a failure where there are several: each has another remedy. */
export function messageText({ state, message = "", data }: Pick<StageStatus, "state" | "message" | "data">): string {
  const kind = state === "failed" ? data?.["failureClass"] : undefined;
  return typeof kind === "string" ? `${kind}: ${message}` : message;
}
