/** The sign of life of a running build on the share: who waits for the lease reads it. */
import { writeAtomic } from "./files";

/** Seconds between two beats (the lease's rules take a host for dead after 90 s). */
const EVERY = 20;

/** Beats until the returned function is called. A beat that fails is reported and tried again. */
export function startHeartbeat(file: string, build: string, report: (error: unknown) => void): () => void {
  let writing = false;
  const beat = (): void => {
    // A share that hangs gets one beat to write, not one more every few seconds.
    if (writing) return;
    writing = true;
    const content = { build, time: new Date().toISOString() };
    void writeAtomic(file, `${JSON.stringify(content)}\n`)
      .catch(report)
      .finally(() => (writing = false));
  };
  beat();
  const timer = setInterval(beat, EVERY * 1000);
  return () => clearInterval(timer);
}
