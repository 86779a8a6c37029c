/** The log file of one stage on the share: a line each with the time, steps with how long they took. */
import { appendFile, mkdir } from "node:fs/promises";
import path from "node:path";
import { oneLine } from "./errors";

export interface StageLog {
  line(text: string): void;
  /** Runs one step of a stage; the log says when it began, and how long it took or why it failed. */
  step<T>(what: string, work: () => Promise<T>): Promise<T>;
  /** Seconds of each finished step, in order. */
  readonly steps: readonly { readonly what: string; readonly seconds: number }[];
  /** Writes what is still in memory. */
  flush(): Promise<void>;
}

/** How long lines may wait in memory, so that a chatty builder is no storm of small writes over NFS; milliseconds. */
const WAIT = 400;

/** A step that takes longer is worth a word to whoever follows the build; milliseconds. */
const SLOW = 15_000;

export interface StageLogOptions {
  readonly now?: () => Date;
  /** Is told the name of a step that is slow, while it goes on. */
  readonly slow?: (what: string) => void;
}

/** A log that appends to `file`. A share that cannot be written shows at `flush`. */
export function openStageLog(file: string, { now = () => new Date(), slow }: StageLogOptions = {}): StageLog {
  let waiting = "";
  let timer: NodeJS.Timeout | undefined;
  let failure: unknown;
  const keep = (error: unknown): void => void (failure ??= error);
  let writing: Promise<void> = mkdir(path.dirname(file), { recursive: true }).then(() => undefined, keep);
  const write = (): void => {
    timer = undefined;
    const text = waiting;
    waiting = "";
    if (text === "") return;
    writing = writing.then(async () => appendFile(file, text)).catch(keep);
  };
  const line = (text: string): void => {
    waiting += `${now().toISOString().slice(11, 23)} ${text}\n`;
    timer ??= setTimeout(write, WAIT);
  };
  const steps: { what: string; seconds: number }[] = [];
  return {
    line,
    steps,
    async step(what, work) {
      const start = performance.now();
      const seconds = (): number => Math.round(performance.now() - start) / 1000;
      line(`--- ${what}`);
      const patience = setTimeout(() => slow?.(what), SLOW);
      try {
        const result = await work();
        steps.push({ what, seconds: seconds() });
        line(`--- ${what}: ${seconds().toFixed(1)} s`);
        return result;
      } catch (error) {
        line(`--- ${what}: failed after ${seconds().toFixed(1)} s: ${oneLine(error)}`);
        throw error;
      } finally {
        clearTimeout(patience);
      }
    },
    async flush() {
      if (timer) clearTimeout(timer);
      write();
      await writing;
      if (failure !== undefined) throw new Error(`cannot write ${file}`, { cause: failure });
    },
  };
}
