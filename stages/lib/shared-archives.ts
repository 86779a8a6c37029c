/** Package archives around a build: those that others kept before it, those that it fetched after it. */
import { readdir } from "node:fs/promises";
import path from "node:path";
import { keepArchives, takeArchives } from "./archive-cache";
import { whileClaimed } from "./claim";
import { oneLine } from "./errors";
import { exists, freeBytes, readIfThere, writeAtomic } from "./files";
import type { Release } from "./repositories";
import { signedArchives, type SignedArchive } from "./signed-archives";
import type { StageContext } from "./stage";

const MIB = 1024 ** 2;
/** Bytes: more than an image's packages come to; what is taken for nothing costs time. */
const MOST_TAKEN = 1024 * MIB;
/** Milliseconds: for adding what one build fetched, and for waiting for another that does. */
const ADDING = 10 * 60_000;
const PATIENCE = 60_000;

/** Names of the packages that the last build of this recipe installed, in the recipe's own cache. */
const USED = "packages.json";

export interface ArchivesOptions {
  readonly releases: readonly Release[];
  /** Where the builder is given archives, and where it leaves those that it fetched. */
  readonly given: string;
  readonly left: string;
}

/** Runs a build with the shared archives. They may fail without the build. */
export async function withSharedArchives(
  context: StageContext,
  options: ArchivesOptions,
  build: () => Promise<void>,
): Promise<void> {
  const { log } = context;
  const signed = await log.step("package archives from the cache", async () =>
    optional(context, async () => take(context, options)),
  );
  await build();
  if (!signed) return;
  await log.step("package archives into the cache", async () =>
    optional(context, async () => keep(context, options, signed)),
  );
}

type Signed = ReadonlyMap<string, SignedArchive>;

async function take({ plan, paths, log, signal }: StageContext, { releases, given }: ArchivesOptions): Promise<Signed> {
  const signed = await signedArchives({ plan, releases, directory: path.join(paths.work, "indices"), signal });
  const used = await readIfThere(path.join(paths.cache, USED));
  const names = used === undefined ? undefined : new Set(JSON.parse(used) as string[]);
  const wanted = (name: string): boolean => names?.has(name) ?? true;
  const taken = await takeArchives(paths.archives, given, { signed, wanted, most: MOST_TAKEN, signal });
  log.line(`${taken.count} package archives (${(taken.bytes / MIB).toFixed(0)} MiB) come from the cache`);
  for (const name of taken.damaged) log.line(`the cache's ${name} is not what its name says; it was not used`);
  return signed;
}

async function keep(
  { plan, paths, log, signal }: StageContext,
  { left }: ArchivesOptions,
  signed: Signed,
): Promise<void> {
  const { distro, codename } = plan.image.os;
  const claim = path.join(paths.archives, "claims", `${distro}-${codename}`);
  // Two builds that end together have fetched the same: the second finds what the first has added.
  const how = { owner: plan.build, lasts: ADDING, patience: PATIENCE, signal };
  const kept = await whileClaimed(claim, how, async () => {
    const most = (await freeBytes(paths.archives)) / 4;
    return keepArchives(paths.archives, left, { signed, most, signal });
  });
  if (kept) log.line(`${kept.count} package archives (${(kept.bytes / MIB).toFixed(0)} MiB) go into the cache`);
  else log.line("another build is adding package archives to the cache; these are left to it");
  await writeAtomic(path.join(paths.cache, USED), JSON.stringify(await packagesIn(left)));
}

async function packagesIn(directory: string): Promise<string[]> {
  if (!(await exists(directory))) return [];
  const archives = (await readdir(directory)).filter((name) => name.endsWith(".deb"));
  return [...new Set(archives.map((name) => name.split("_")[0] ?? ""))].sort();
}

async function optional<T>({ log, signal }: StageContext, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    log.line(`the cache of package archives failed: ${oneLine(error)}`);
    return undefined;
  }
}
