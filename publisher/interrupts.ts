/** What an interrupt must not leave behind: secret keys and the programs that hold them. */
import { constants } from "node:os";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Closes and ends the process, with the status by which shells tell the signal, when it is interrupted. The work may stop
 * anywhere: the next run goes on with what was begun. Gives the process' own handling back when called.
 */
export function closeWhenInterrupted(close: () => Promise<void>): () => void {
  let ending = false;
  const end = (signal: (typeof SIGNALS)[number]): void => {
    if (ending) return;
    ending = true;
    void close()
      .catch(() => undefined)
      .finally(() => {
        process.stderr.write("factory: interrupted; run the command again to finish\n");
        process.exit(128 + constants.signals[signal]);
      });
  };
  for (const name of SIGNALS) process.on(name, end);
  return () => {
    for (const name of SIGNALS) process.off(name, end);
  };
}
