/** Work that was told to stop is waited for, but not for ever. */
import { abortError, oneLine, StageError } from "./errors";

/** The work goes on behind our back until this process ends. */
export class LeftBehind extends StageError {}

export interface Patience {
  /** Rejects with LeftBehind when it has come to its end; never resolves. */
  readonly ended: Promise<never>;
  /** The work has ended by itself. */
  readonly forget: () => void;
}

/** Patience with work that is told to stop by a signal: `seconds` from the moment when it fires. */
export function patienceWith(signal: AbortSignal, seconds: number): Patience {
  let timer: NodeJS.Timeout | undefined;
  let onAbort = (): void => undefined;
  const ended = new Promise<never>((_, reject) => {
    const end = (): void =>
      reject(new LeftBehind(`${oneLine(abortError(signal))}; it did not stop within ${seconds} s and was left behind`));
    onAbort = () => (timer = setTimeout(end, seconds * 1000));
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
  return {
    ended,
    forget: () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    },
  };
}
