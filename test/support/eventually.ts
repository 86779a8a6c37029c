import { setTimeout as sleep } from "node:timers/promises";

export interface Patience {
  /** Milliseconds. */
  readonly timeout: number;
  /** Milliseconds between two looks. @default 2000 */
  readonly interval?: number;
}

/** What `look` gives as soon as it is not undefined; what it throws ends the waiting. Throws when the time is over. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined>,
  { timeout, interval = 2000 }: Patience,
): Promise<T> {
  const end = Date.now() + timeout;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`${what}: not within ${Math.round(timeout / 1000)} s`);
    await sleep(interval);
  }
}
