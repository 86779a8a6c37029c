/** What the deploying side's stages tell: lines for who watches, events for the build's directory on the share. */
import { performance } from "node:perf_hooks";
import { eventLine, type BuildEvent, type EventState } from "../model/events";
import type { StageName } from "../model/stages";
import type { StageResult } from "../stages/lib/stage";
import { messageOf } from "./user-error";

export interface JournalSink {
  append(events: readonly BuildEvent[]): Promise<void>;
}

export class Journal {
  private readonly waiting: BuildEvent[] = [];
  private sink: JournalSink | undefined;

  /**
   * @param print shows one line
   * @param started when the build's first event was. @default at the first event told here
   */
  constructor(
    private readonly build: string,
    private readonly print: (line: string) => void,
    private started?: string,
  ) {}

  /** Where events go from now on; those told before follow. */
  async writeTo(sink: JournalSink): Promise<void> {
    this.sink = sink;
    await this.flush();
  }

  /** Runs a stage: tells its start and its end. Throws what the stage throws. */
  async stage<T extends StageResult>(name: StageName, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    await this.tell(name, "started");
    return this.end(name, work, started);
  }

  /**
   * The same for a stage whose start was told before.
   * @param since `performance.now()` at that start
   */
  async end<T extends StageResult>(name: StageName, work: () => Promise<T>, since: number): Promise<T> {
    const seconds = (): number => Math.round((performance.now() - since) / 100) / 10;
    try {
      const result = await work();
      const { message, data } = result;
      await this.tell(name, "succeeded", {
        seconds: seconds(),
        ...(message !== undefined && { message }),
        ...(data && { data: { ...data } }),
      });
      return result;
    } catch (error) {
      // That the share can't be written any more must not hide why the stage failed.
      const event = this.event(name, "failed", { seconds: seconds(), message: messageOf(error) });
      await this.record(event, shownMessage(error)).catch(() => undefined);
      throw error;
    }
  }

  async tell(
    stage: StageName,
    state: EventState,
    fields: Pick<BuildEvent, "message" | "seconds" | "data"> = {},
  ): Promise<void> {
    await this.record(this.event(stage, state, fields));
  }

  private event(stage: StageName, state: EventState, fields: Partial<BuildEvent>): BuildEvent {
    return { time: new Date().toISOString(), build: this.build, stage, state, ...fields };
  }

  /** @param shown what who watches reads instead of the event's message */
  private async record(event: BuildEvent, shown = event.message): Promise<void> {
    this.show(shown === undefined ? event : { ...event, message: shown });
    this.waiting.push(event);
    await this.flush();
  }

  /** Shows an event that somebody else wrote. */
  show(event: BuildEvent): void {
    this.started ??= event.time;
    this.print(eventLine(event, this.started));
  }

  private async flush(): Promise<void> {
    if (!this.sink || this.waiting.length === 0) return;
    const events = this.waiting.splice(0);
    await this.sink.append(events);
  }
}

/** Who called a stage tells its error line by line: several lines are only counted before that. */
function shownMessage(error: unknown): string {
  const lines = error instanceof Error ? error.message.split("\n").filter((line) => line.trim() !== "") : [];
  return lines.length > 1 ? `${lines.length} problems` : messageOf(error);
}
