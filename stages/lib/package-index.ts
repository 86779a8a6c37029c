/** What packages the repositories offer now, read from their signed metadata's own indices. */
import { createReadStream } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import readline from "node:readline";
import type { BuildPlan } from "../../model/plan";
import { compareVersions } from "./debian-version";
import { sha256 } from "./digests";
import { DEBIAN_ARCHITECTURE } from "./distributions";
import { StageError } from "./errors";
import { exec } from "./exec";
import { download, type Release } from "./repositories";

export type Versions = Readonly<Record<string, string>>;

export interface IndexOptions {
  readonly plan: Pick<BuildPlan, "image" | "mirrors">;
  readonly releases: readonly Release[];
  /** Names that are asked for. */
  readonly names: readonly string[];
  /** A directory for downloads; removed again. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/**
 * The newest version that the suites offer of each name; a name that none offers is left out. A package that depends on
 * a new one has a new version itself, so equal versions of all names mean an equal image.
 */
export async function candidateVersions(options: IndexOptions): Promise<Versions> {
  const { releases, directory, signal, plan } = options;
  const wanted = new Set(options.names);
  const found = new Map<string, string>();
  await mkdir(directory, { recursive: true });
  try {
    for (const release of releases) {
      const name = `main/binary-${DEBIAN_ARCHITECTURE[plan.image.architecture]}/Packages.xz`;
      const file = path.join(directory, "Packages");
      await fetchIndex(release, name, file, signal);
      for await (const [name, version] of packagesIn(file)) {
        const known = found.get(name);
        if (wanted.has(name) && (known === undefined || compareVersions(known, version) < 0)) found.set(name, version);
      }
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  return Object.fromEntries(found);
}

/** Pure: the SHA-256 that a Release file gives for one of its indices. */
export function indexDigest(release: string, name: string): string | undefined {
  const section = /^SHA256:\n((?: .*\n?)+)/m.exec(release)?.[1] ?? "";
  const row = section.split("\n").find((line) => line.trim().split(/\s+/)[2] === name);
  return row?.trim().split(/\s+/)[0];
}

async function fetchIndex({ url, text }: Release, name: string, file: string, signal: AbortSignal): Promise<void> {
  const index = url.replace(/InRelease$/, name);
  const content = await download(index, signal);
  if (sha256(content) !== indexDigest(text, name)) {
    throw new StageError(
      `${index}: is not what its InRelease tells; the mirror may be in the middle of an update, try again`,
    );
  }
  await writeFile(`${file}.xz`, content);
  await exec("xz", ["--decompress", "--force", `${file}.xz`], { signal });
}

/** Name and version of each stanza. */
async function* packagesIn(file: string): AsyncGenerator<readonly [string, string]> {
  let name = "";
  for await (const line of readline.createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    if (line.startsWith("Package: ")) name = line.slice(9);
    else if (line.startsWith("Version: ")) yield [name, line.slice(9)];
  }
}
