/** Free space while a builder works: it is stopped, and said why, before the disk is full. */
import { StageError } from "./errors";
import { freeBytes } from "./files";

const MIB = 1024 ** 2;
const INTERVAL = 2000;

export interface SpaceWatch {
  readonly directory: string;
  /** Bytes that have to stay free: what is still to be written fails in ways that nobody understands. */
  readonly least: number;
  /** Tells what to make larger. */
  readonly remedy: string;
  readonly signal: AbortSignal;
  /** Milliseconds. @default 2000 */
  readonly interval?: number;
  /** @default the file system's */
  readonly free?: (directory: string) => Promise<number>;
}

/**
 * Runs `work` with a signal that fires when `signal` does or when less than `least` is left; the work is over then.
 * Answers with the least that was seen free, bytes.
 */
export async function whileSpace(watch: SpaceWatch, work: (signal: AbortSignal) => Promise<void>): Promise<number> {
  const { directory, least, remedy, signal, interval = INTERVAL, free = freeBytes } = watch;
  const full = new AbortController();
  let lowest = await free(directory);
  const look = async (): Promise<void> => {
    lowest = Math.min(lowest, await free(directory));
    if (lowest >= least || full.signal.aborted) return;
    const left = `${(lowest / MIB).toFixed(0)} MiB are left of ${directory}, ${(least / MIB).toFixed(0)} have to be`;
    full.abort(new StageError(`${left}; ${remedy}`));
  };
  await look();
  // A look that fails tells nothing about the space; the work itself will say what is wrong with the disk.
  const timer = setInterval(() => void look().catch(() => undefined), interval);
  try {
    full.signal.throwIfAborted();
    await work(AbortSignal.any([signal, full.signal]));
    return lowest;
  } catch (error) {
    // A builder that met the full disk before we did says something else.
    full.signal.throwIfAborted();
    throw error;
  } finally {
    clearInterval(timer);
  }
}
