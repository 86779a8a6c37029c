/** Waiting a moment, or until somebody says stop. */
import { setTimeout as sleep } from "node:timers/promises";

/** Resolves after so many milliseconds; rejects with the signal's own reason. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  try {
    await sleep(milliseconds, undefined, signal ? { signal } : {});
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
}
