/** What stops the runner: a signal from outside, or its time being up. */
import { readFileSync } from "node:fs";
import { StageError } from "./errors";

export interface StopOptions {
  /** File with one line that says why the runner is being stopped, for who left one. */
  readonly note?: string;
  /** Seconds that all may take. @default for ever */
  readonly timeout?: number | undefined;
}

export interface Stop {
  /** Fires with the reason as its error. */
  readonly signal: AbortSignal;
  /** Ends the watching for the time. */
  readonly end: () => void;
}

/** Stops at SIGTERM and SIGINT, and when the time is up. */
export function stopSignal({ note, timeout }: StopOptions = {}): Stop {
  const controller = new AbortController();
  for (const name of ["SIGTERM", "SIGINT"] as const) {
    process.on(name, () =>
      controller.abort(new StageError(noteIn(note) ?? `stopped by ${name}; deploy again to resume`)),
    );
  }
  const late = (): void =>
    controller.abort(
      new StageError(
        `the build took longer than build.timeoutMinutes (${Math.round((timeout ?? 0) / 60)} min); deploy again to resume`,
      ),
    );
  const timer = timeout === undefined ? undefined : setTimeout(late, timeout * 1000);
  return { signal: controller.signal, end: () => clearTimeout(timer) };
}

/** At once: the process is about to end. */
function noteIn(file: string | undefined): string | undefined {
  try {
    const [line = ""] = file === undefined ? [] : readFileSync(file, "utf8").split("\n");
    return line.trim() === "" ? undefined : line.trim();
  } catch {
    return undefined;
  }
}
