/** Interrupts as a signal: Ctrl-C, Terraform's end, or nobody reading our lines any more. */

export interface Interruption {
  readonly signal: AbortSignal;
  /** Gives the process' own handling back. */
  readonly end: () => void;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export function interruption(): Interruption {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  for (const name of SIGNALS) process.on(name, abort);
  // A Terraform that was killed leaves a pipe without a reader.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", abort);
  return {
    signal: controller.signal,
    end: () => {
      for (const name of SIGNALS) process.off(name, abort);
    },
  };
}
