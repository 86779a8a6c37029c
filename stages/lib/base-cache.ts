/**
 * Base systems on the share, so that a build need not bootstrap what an earlier one of the same recipe did. An entry's
 * name is `<what it was made from>-<SHA-256 of its bytes>.tar.gz`: it appears whole by rename, and is checked against its
 * name on every use.
 */
import { mkdir, readdir, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { digestFile, sha256 } from "./digests";
import { copyAtomic, exists } from "./files";

/** Of one recipe, some hundred MiB each; older ones were made from metadata that will not come again. */
const KEPT = 2;

const ENTRY = /^([0-9a-f]{64})-([0-9a-f]{64})\.tar\.gz$/;

/** What a base system was made from, as one hash. */
export function baseKey(from: Readonly<Record<string, string>>): string {
  return sha256(JSON.stringify(Object.entries(from).sort(([a], [b]) => a.localeCompare(b))));
}

/** Copies the entry to `target`. False when there is none; one that is not what its name says is removed. */
export async function takeBase(cache: string, key: string, target: string, signal?: AbortSignal): Promise<boolean> {
  for (const name of await entries(cache)) {
    const [, itsKey, hash] = ENTRY.exec(name) ?? [];
    if (itsKey !== key) continue;
    await copyAtomic(path.join(cache, name), target, signal);
    const { hex } = await digestFile(target, ["sha256"], signal);
    if (hex.sha256 === hash) {
      const now = new Date();
      // what is pruned first is what was used last longest ago
      await utimes(path.join(cache, name), now, now);
      return true;
    }
    await Promise.all([rm(target, { force: true }), rm(path.join(cache, name), { force: true })]);
  }
  return false;
}

/** Keeps a base system, and drops the oldest beyond the bound. */
export async function keepBase(cache: string, key: string, file: string, signal?: AbortSignal): Promise<void> {
  await mkdir(cache, { recursive: true });
  const { hex } = await digestFile(file, ["sha256"], signal);
  const entry = path.join(cache, `${key}-${hex.sha256}.tar.gz`);
  if (!(await exists(entry))) await copyAtomic(file, entry, signal);
  const dated = await Promise.all(
    (await entries(cache)).map(async (name) => ({ name, at: (await stat(path.join(cache, name))).mtimeMs })),
  );
  const old = dated.sort((a, b) => b.at - a.at).slice(KEPT);
  await Promise.all(old.map(async ({ name }) => rm(path.join(cache, name), { force: true })));
}

async function entries(cache: string): Promise<string[]> {
  if (!(await exists(cache))) return [];
  return (await readdir(cache)).filter((name) => ENTRY.test(name));
}
