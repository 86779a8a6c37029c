/** What packages the repositories offer now, read from their signed metadata's own indices. */
import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readFile, rm, utimes } from "node:fs/promises";
import path from "node:path";
import readline from "node:readline";
import type { BuildPlan } from "../../model/plan";
import { compareVersions } from "./debian-version";
import { sha256 } from "./digests";
import { DEBIAN_ARCHITECTURE } from "./distributions";
import { StageError } from "./errors";
import { exec } from "./exec";
import { writeAtomic } from "./files";
import { download, type Release } from "./repositories";

export type Versions = Readonly<Record<string, string>>;

export interface IndexOptions {
  readonly plan: Pick<BuildPlan, "image" | "mirrors">;
  readonly releases: readonly Release[];
  /** Names that are asked for. */
  readonly names: readonly string[];
  /** A directory for downloads. */
  readonly directory: string;
  /** Whether what was read is kept there for later calls, a file for each index. @default false */
  readonly keep?: boolean;
  readonly signal: AbortSignal;
}

/**
 * The newest version that the suites offer of each name; a name that none offers is left out. A package that depends on
 * a new one has a new version itself, so equal versions of all names mean an equal image.
 */
export async function candidateVersions(options: IndexOptions): Promise<Versions> {
  const { names } = options;
  const offered = await Promise.all(options.releases.map(async (release) => readIndex(release, options)));
  const entries = names.flatMap((name) => {
    const newest = offered
      .flatMap((index) => index.get(name) ?? [])
      .sort(compareVersions)
      .at(-1);
    return newest === undefined ? [] : [[name, newest] as const];
  });
  return Object.fromEntries(entries);
}

/** What one suite offers. An index that was kept is known by its own hash, which the signed metadata tells. */
async function readIndex(release: Release, options: IndexOptions): Promise<ReadonlyMap<string, string>> {
  const { plan, directory, keep = false, signal } = options;
  const name = `main/binary-${DEBIAN_ARCHITECTURE[plan.image.architecture]}/Packages.xz`;
  const url = release.url.replace(/InRelease$/, name);
  const digest = indexDigest(release.text, name);
  if (digest === undefined) throw new StageError(`${release.url}: lists no ${name}; check the architecture`);
  const kept = path.join(directory, `${digest}.json`);
  const known = keep ? await keptIndex(kept) : undefined;
  if (known) return known;
  const content = await download(url, signal);
  if (sha256(content) !== digest) {
    throw new StageError(
      `${url}: is not what its InRelease tells; the mirror may be in the middle of an update, try again`,
    );
  }
  const found = await versionsIn(content, directory, signal);
  if (keep) await writeAtomic(kept, JSON.stringify([...found]));
  return found;
}

/** Marks it as used, so that who clears up takes others first. One that can't be read is read anew. */
async function keptIndex(file: string): Promise<ReadonlyMap<string, string> | undefined> {
  try {
    const found = new Map(JSON.parse(await readFile(file, "utf8")) as [string, string][]);
    await utimes(file, new Date(), new Date());
    return found;
  } catch {
    return undefined;
  }
}

/** Pure: the SHA-256 that a Release file gives for one of its indices. */
export function indexDigest(release: string, name: string): string | undefined {
  const section = /^SHA256:\n((?: .*\n?)+)/m.exec(release)?.[1] ?? "";
  const row = section.split("\n").find((line) => line.trim().split(/\s+/)[2] === name);
  return row?.trim().split(/\s+/)[0];
}

/** The newest version of each name in a compressed index. */
async function versionsIn(content: Buffer, directory: string, signal: AbortSignal): Promise<Map<string, string>> {
  await mkdir(directory, { recursive: true });
  const file = path.join(directory, `Packages-${randomBytes(4).toString("hex")}`);
  try {
    await exec("xz", ["--decompress", "--stdout"], { input: content, outputFile: file, signal });
    const found = new Map<string, string>();
    for await (const [name, version] of packagesIn(file)) {
      const known = found.get(name);
      if (known === undefined || compareVersions(known, version) < 0) found.set(name, version);
    }
    return found;
  } finally {
    await rm(file, { force: true });
  }
}

/** Name and version of each stanza. */
async function* packagesIn(file: string): AsyncGenerator<readonly [string, string]> {
  let name = "";
  for await (const line of readline.createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    if (line.startsWith("Package: ")) name = line.slice(9);
    else if (line.startsWith("Version: ")) yield [name, line.slice(9)];
  }
}
