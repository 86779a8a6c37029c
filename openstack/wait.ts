/** Waiting for something in a cloud, bounded. */
import { setTimeout as sleep } from "node:timers/promises";

export interface WaitOptions {
  /** Milliseconds. */
  readonly timeout: number;
  /** Milliseconds between two looks. @default 2000 */
  readonly interval?: number;
  readonly signal?: AbortSignal | undefined;
}

export class WaitTimeout extends Error {
  constructor(what: string, timeout: number, last: string) {
    super(`${what}: not there after ${Math.round(timeout / 1000)} s (last seen: ${last})`);
    this.name = "WaitTimeout";
  }
}

/** One look: `done` ends the waiting, `state` is what a timeout reports. A look that throws ends it with that error. */
export type Look<T> = () => Promise<{ readonly done?: T; readonly state: string }>;

/** The result of the first look that is done. Throws WaitTimeout, the look's error, or the abort's reason. */
export async function waitFor<T>(what: string, look: Look<T>, options: WaitOptions): Promise<T> {
  const { timeout, interval = 2000, signal } = options;
  const end = Date.now() + timeout;
  for (;;) {
    signal?.throwIfAborted();
    const { done, state } = await look();
    if (done !== undefined) return done;
    const left = end - Date.now();
    if (left <= 0) throw new WaitTimeout(what, timeout, state);
    await pause(Math.min(interval, left), signal);
  }
}

/** Milliseconds of doing nothing; an abort ends it with the abort's reason. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, signal ? { signal } : {});
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw error;
  }
}
