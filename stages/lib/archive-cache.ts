/**
 * Package archives that all builds share. An entry's name is the SHA-256 of its bytes. An entry is used when a
 * repository's signed index lists that hash, and only after the copy on this host has been hashed: what another host put
 * there under a wrong name is found, whoever that host belongs to.
 */
import { link, mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { digestFile } from "./digests";
import { copyAtomic, exists } from "./files";
import type { SignedArchive } from "./signed-archives";

const ENTRY = /^([0-9a-f]{64})\.deb$/;

export interface Taken {
  readonly count: number;
  readonly bytes: number;
  /** Names of entries that are not what they say. */
  readonly damaged: readonly string[];
}

export interface TakeOptions {
  /** What the repositories offer, by SHA-256. */
  readonly signed: ReadonlyMap<string, SignedArchive>;
  /** Whether a package may be of use for this build. */
  readonly wanted: (name: string) => boolean;
  /** Most bytes to take. */
  readonly most: number;
  readonly signal: AbortSignal;
}

/** Copies the archives that this build may use to `target`, each checked. */
export async function takeArchives(cache: string, target: string, options: TakeOptions): Promise<Taken> {
  const { signed, wanted, most, signal } = options;
  const damaged: string[] = [];
  let count = 0;
  let bytes = 0;
  await mkdir(target, { recursive: true });
  for (const hash of await hashesIn(cache)) {
    const archive = signed.get(hash);
    if (!archive || !wanted(archive.package) || bytes + archive.size > most) continue;
    const copy = path.join(target, archive.file);
    if (await exists(copy)) continue;
    signal.throwIfAborted();
    // beside the name that the builder looks for, until it is known to be right
    const unchecked = path.join(target, "partial", archive.file);
    if (!(await copied(entry(cache, hash), unchecked, signal))) continue;
    const { hex, size } = await digestFile(unchecked, ["sha256"], signal);
    if (hex.sha256 === hash) {
      await link(unchecked, copy);
      count++;
      bytes += size;
    } else {
      damaged.push(path.basename(entry(cache, hash)));
      await rm(entry(cache, hash), { force: true }).catch(() => undefined); // it may be another host's
    }
    await rm(unchecked, { force: true });
  }
  return { count, bytes, damaged };
}

export interface KeepOptions extends Pick<TakeOptions, "signed" | "signal"> {
  /** Most bytes to add. */
  readonly most: number;
}

/** Adds the archives that a builder left and that the repositories vouch for; those that are there stay as they are. */
export async function keepArchives(
  cache: string,
  from: string,
  { signed, most, signal }: KeepOptions,
): Promise<{ readonly count: number; readonly bytes: number }> {
  const byName = new Map([...signed].map(([hash, { file }]) => [file, hash]));
  const there = new Set(await hashesIn(cache));
  let count = 0;
  let bytes = 0;
  await mkdir(cache, { recursive: true });
  for (const name of (await exists(from)) ? (await readdir(from)).sort() : []) {
    const hash = byName.get(name);
    if (hash === undefined || there.has(hash)) continue;
    const file = path.join(from, name);
    const { hex, size } = await digestFile(file, ["sha256"], signal);
    if (hex.sha256 !== hash || bytes + size > most || !(await added(file, entry(cache, hash), signal))) continue;
    count++;
    bytes += size;
  }
  return { count, bytes };
}

const entry = (cache: string, hash: string): string => path.join(cache, `${hash}.deb`);

async function hashesIn(cache: string): Promise<string[]> {
  if (!(await exists(cache))) return [];
  return (await readdir(cache)).flatMap((name) => ENTRY.exec(name)?.[1] ?? []).sort();
}

/** False when another host has added it meanwhile: what is another's can't be replaced. */
async function added(from: string, to: string, signal: AbortSignal): Promise<boolean> {
  try {
    await copyAtomic(from, to, signal);
    return true;
  } catch (error) {
    if (!signal.aborted && (await exists(to))) return false;
    throw error;
  }
}

/** False when the entry is gone meanwhile: the NFS server prunes. */
async function copied(from: string, to: string, signal: AbortSignal): Promise<boolean> {
  try {
    await copyAtomic(from, to, signal);
    return true;
  } catch (error) {
    if (signal.aborted) throw error;
    if ((error as NodeJS.ErrnoException).code === "ESTALE" || !(await exists(from))) return false;
    throw error;
  }
}
