/** Lists, decides, deletes. */
import { execFile } from "node:child_process";
import { mkdir, readFile, rename, rm, statfs, unlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { BUILD_PATHS } from "../model/plan";
import { decideBuilds, decideCache, policyFor, type BuildVerdict, type RetentionPolicy } from "../model/retention";
import { namesIn } from "./files";
import {
  assertShare,
  buildDirectory,
  diskImages,
  imageRetention,
  listBuilds,
  listCache,
  listExports,
  listImages,
} from "./listing";
import { withLock } from "./lock";
import type { Places } from "./places";

export interface PruneOptions {
  readonly dryRun: boolean;
  readonly print: (line: string) => void;
}

const MIB = 1024 ** 2;
const mebibytes = (bytes: number): string => `${(bytes / MIB).toFixed(0)} MiB`;

/** Throws, having deleted nothing, when anything of the share can't be listed. */
export async function prune(places: Places, options: PruneOptions): Promise<void> {
  await assertShare(places);
  const policy = await readPolicy(places.policy);
  const now = Date.now();
  const exported = await listExports(places, now);
  const images = await listImages(places);
  for (const image of images) {
    await imageRetention(places, image);
    await listBuilds(places, image, exported, now);
  }
  await listCache(places, exported);

  const { dryRun, print } = options;
  const stale = exported.filter((one) => one.stale);
  for (const { build, address } of stale)
    print(`${dryRun ? "would end" : "ended"} the export of build ${build} to ${address}: its host is gone`);
  if (!dryRun) await endExports(places, stale);
  const pruning = new Pruning(places, policy, options, now);
  for (const image of images) await pruning.image(image);
  await pruning.cache();
  if (!dryRun) await pruning.finish();
  print(
    `${dryRun ? "would free" : "freed"} ${mebibytes(pruning.freed)}; ${await freePercent(places.share)} % of the share are free`,
  );
  if (pruning.failed.length > 0) throw new Error(pruning.failed.join("; "));
}

async function readPolicy(file: string): Promise<RetentionPolicy> {
  const policy = JSON.parse(await readFile(file, "utf8")) as Partial<RetentionPolicy>;
  const { builds = 0, buildDays = 0, cacheGiB = 0 } = policy;
  if ([builds, buildDays, cacheGiB].every((value) => Number.isInteger(value) && value > 0))
    return { builds, buildDays, cacheGiB };
  throw new Error(`${file}: is no retention policy; deploy the factory again`);
}

async function endExports(places: Places, stale: readonly { readonly file: string }[]): Promise<void> {
  if (stale.length === 0) return;
  await withLock(path.join(places.exports, ".lock"), async () => {
    for (const { file } of stale) await rm(file, { force: true });
    await promisify(execFile)(places.exportfs, ["-r"]);
  });
}

class Pruning {
  freed = 0;
  /** What could not be deleted: no reason to keep the rest. */
  readonly failed: string[] = [];

  constructor(
    private readonly places: Places,
    private readonly policy: RetentionPolicy,
    private readonly options: PruneOptions,
    private readonly now: number,
  ) {}

  /** Nobody can take the image's lease, and so nobody resume a build, between the look and the deed. */
  async image(image: string): Promise<void> {
    const { places, now, policy } = this;
    await withLock(path.join(places.leases, `${image}.lock`), async () => {
      const exported = (await listExports(places, now)).filter((one) => !(this.options.dryRun && one.stale));
      const own = policyFor(policy, await imageRetention(places, image));
      const verdicts = decideBuilds(await listBuilds(places, image, exported, now), own, now);
      for (const verdict of verdicts) await this.build(verdict);
    });
  }

  private async build({ build: known, action, reason, frees }: BuildVerdict): Promise<void> {
    const { dryRun, print } = this.options;
    const { build } = known;
    if (action === "keep") {
      if (dryRun) print(`keeps ${build} (${mebibytes(known.bytes)}): ${reason}`);
      return;
    }
    const done = action === "delete" ? "deleted" : "deleted the disk image of";
    const would = action === "delete" ? "would delete" : "would delete the disk image of";
    const what = `${build} (${mebibytes(frees)}): ${reason}`;
    if (dryRun) print(`${would} ${what}`);
    else {
      try {
        await (action === "delete" ? this.setAside(build) : this.dropDiskImages(build));
      } catch (error) {
        this.failed.push(`${build}: ${(error as Error).message}`);
        return;
      }
      print(`${done} ${what}`);
    }
    this.freed += frees;
  }

  private async setAside(build: string): Promise<void> {
    await mkdir(this.places.deleted, { recursive: true, mode: 0o700 });
    await rename(buildDirectory(this.places, build), path.join(this.places.deleted, build));
  }

  /** Who fetches the artefacts later is told why the image is not among them. */
  private async dropDiskImages(build: string): Promise<void> {
    const directory = buildDirectory(this.places, build);
    const files = await diskImages(this.places, build);
    const note = { time: new Date(this.now).toISOString(), files };
    const part = path.join(directory, `.${BUILD_PATHS.pruned}`);
    await rm(part, { force: true });
    await writeFile(part, `${JSON.stringify(note)}\n`, { flag: "wx" });
    await rename(part, path.join(directory, BUILD_PATHS.pruned));
    for (const file of files) await unlink(path.join(directory, file));
  }

  async cache(): Promise<void> {
    const { places, now, policy } = this;
    const { dryRun, print } = this.options;
    const entries = await listCache(places, await listExports(places, now));
    for (const { entry, action, reason } of decideCache(entries, policy, now)) {
      if (action === "keep") continue;
      print(`${dryRun ? "would delete" : "deleted"} cache/${entry.path} (${mebibytes(entry.bytes)}): ${reason}`);
      this.freed += entry.bytes;
      if (!dryRun) await rm(path.join(places.cache, entry.path), { force: true });
    }
  }

  /** What takes time, when nobody is kept waiting; then a note for the health check. */
  async finish(): Promise<void> {
    const { places } = this;
    for (const name of await namesIn(places.deleted))
      await rm(path.join(places.deleted, name), { recursive: true, force: true });
    await mkdir(path.dirname(places.state), { recursive: true });
    await writeFile(
      `${places.state}.part`,
      `${JSON.stringify({ time: new Date().toISOString(), freed: this.freed })}\n`,
    );
    await rename(`${places.state}.part`, places.state);
  }
}

async function freePercent(directory: string): Promise<number> {
  const { bavail, blocks } = await statfs(directory);
  return Math.floor((100 * bavail) / blocks);
}
