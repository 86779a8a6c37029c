/** What the node's health check asks: is the cache within its bound, and was pruned in time? */
import { readFile } from "node:fs/promises";
import type { RetentionPolicy } from "../model/retention";
import { textIfThere } from "./files";
import { listCache } from "./listing";
import type { Places } from "./places";

const GIB = 1024 ** 3;
const HOUR = 3_600_000;
/** A build may go beyond the bound until it has ended; that much is within the check's tolerance. */
const TOLERANCE = 1.1;
/** Pruned every night: one may have been missed. */
const LATE = 49 * HOUR;

/** One line for people. Throws an Error with what is wrong. */
export async function check(places: Places, now: number): Promise<string> {
  const { cacheGiB } = JSON.parse(await readFile(places.policy, "utf8")) as RetentionPolicy;
  const bytes = (await listCache(places, [])).reduce((total, entry) => total + entry.bytes, 0);
  const size = `cache ${(bytes / GIB).toFixed(1)} of ${cacheGiB} GiB`;
  if (bytes > cacheGiB * GIB * TOLERANCE) throw new Error(`${size}: prune it: factory prune`);
  const state = await textIfThere(places.state);
  if (state === undefined) return `${size}, not pruned yet`;
  const { time } = JSON.parse(state) as { readonly time: string };
  if (now - Date.parse(time) > LATE) throw new Error(`${size}, last pruned ${time}: see journalctl -u factory-prune`);
  return `${size}, last pruned ${time}`;
}
