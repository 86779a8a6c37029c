/** Waiting: with an end, and gone at once when the stage is aborted. */
import { setTimeout as timer } from "node:timers/promises";
import { abortError } from "./errors";

/** Sleeps `seconds`; throws the abort's reason when `signal` fires. */
export async function sleep(seconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await timer(seconds * 1000, undefined, signal ? { signal } : {});
  } catch (error) {
    if (signal?.aborted) throw abortError(signal);
    throw error;
  }
}

export interface PollOptions {
  /** Seconds between two tries. */
  readonly every: number;
  /** Seconds until `late` is thrown. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
  /** The error of a wait that took too long. */
  readonly late: () => Error;
}

/** Asks until the answer is not undefined, and gives it. What `ask` throws ends the wait. */
export async function poll<T>(ask: () => Promise<T | undefined>, options: PollOptions): Promise<T> {
  const end = Date.now() + options.timeout * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() >= end) throw options.late();
    await sleep(options.every, options.signal);
  }
}
