/** What packages the repositories offer now, read from their signed metadata's own indices. */
import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readFile, rm, utimes } from "node:fs/promises";
import path from "node:path";
import readline from "node:readline";
import type { ImageDefinition } from "../../model/image";
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
  const index = indexOf(release, plan.image.architecture);
  const kept = path.join(directory, `${index.digest}.json`);
  const known = keep ? await keptIndex(kept) : undefined;
  if (known) return known;
  const found = await versionsIn(await downloadIndex(index, signal), directory, signal);
  if (keep) await writeAtomic(kept, JSON.stringify([...found]));
  return found;
}

interface Index {
  readonly url: string;
  /** SHA-256. */
  readonly digest: string;
}

/** A suite's index for an architecture, as its metadata tells it. */
export function indexOf({ url, text }: Release, architecture: ImageDefinition["architecture"]): Index {
  const name = `main/binary-${DEBIAN_ARCHITECTURE[architecture]}/Packages.xz`;
  const digest = indexDigest(text, name);
  if (digest === undefined) throw new StageError(`${url}: lists no ${name}; check the architecture`);
  return { url: url.replace(/InRelease$/, name), digest };
}

/** The compressed index; throws when it is not what the metadata tells. */
export async function downloadIndex({ url, digest }: Index, signal: AbortSignal): Promise<Buffer> {
  const content = await download(url, signal);
  if (sha256(content) === digest) return content;
  throw new StageError(
    `${url}: is not what its InRelease tells; the mirror may be in the middle of an update, try again`,
  );
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
  const found = new Map<string, string>();
  await eachStanza(content, { directory, signal }, ({ Package: name = "", Version: version = "" }) => {
    const known = found.get(name);
    if (known === undefined || compareVersions(known, version) < 0) found.set(name, version);
  });
  return found;
}

type Stanza = Readonly<Record<string, string>>;

/** Calls for each package of a compressed index, with the fields of one line. */
export async function eachStanza(
  content: Buffer,
  { directory, signal }: { readonly directory: string; readonly signal: AbortSignal },
  take: (stanza: Stanza) => void,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const file = path.join(directory, `Packages-${randomBytes(4).toString("hex")}`);
  try {
    await exec("xz", ["--decompress", "--stdout"], { input: content, outputFile: file, signal });
    let stanza: Record<string, string> = {};
    const end = (): void => {
      if (stanza["Package"] !== undefined) take(stanza);
      stanza = {};
    };
    for await (const line of readline.createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
      const colon = line.indexOf(": ");
      if (line === "") end();
      else if (colon > 0 && !line.startsWith(" ")) stanza[line.slice(0, colon)] = line.slice(colon + 2);
    }
    end();
  } finally {
    await rm(file, { force: true });
  }
}
