/** The sign of life of a running build on the share: who waits for the lease reads it. */
import { writeAtomic } from "./files";

/** Seconds between two beats (the lease's rules take a host for dead after 90 s). */
const EVERY = 20;

/** Beats until the returned function is called. A beat that fails is reported and tried again. */
export function startHeartbeat(file: string, build: string, report: (error: unknown) => void): () => void {
  const beat = (): void => {
    const content = { build, time: new Date().toISOString() };
    writeAtomic(file, `${JSON.stringify(content)}\n`).catch(report);
  };
  beat();
  const timer = setInterval(beat, EVERY * 1000);
  return () => clearInterval(timer);
}
