/** Debian's security tracker, from the web or a file of this host. */
import { readFile } from "node:fs/promises";
import type { SecurityTracker } from "../../model/vulnerabilities";
import type { TrackerAnswer } from "./audit";
import { oneLine } from "./errors";
import { download } from "./repositories";

/** The data, or why there is none: a scan that can't be done is told, never a reason to stop a build. */
export async function readTracker(from: string | undefined, signal: AbortSignal): Promise<TrackerAnswer> {
  if (from === undefined) return { unavailable: "no infrastructure.securityTracker in factory.yaml" };
  try {
    const content = /^https?:/.test(from) ? await download(from, signal) : await readFile(from);
    return { data: JSON.parse(content.toString("utf8")) as SecurityTracker };
  } catch (error) {
    signal.throwIfAborted();
    return { unavailable: `Debian's security tracker can't be read: ${oneLine(error)}` };
  }
}
