/** Stage 7: the builder makes the disk; it becomes a compressed qcow2 with its package list and hashes. */
import { mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { ARTEFACTS, toShare } from "./lib/artefacts";
import { builderOf, builderPackage } from "./lib/builders";
import { writeChangeLog } from "./lib/change-log";
import { digestFile, sha256 } from "./lib/digests";
import { StageError } from "./lib/errors";
import { copyAtomic, hasSha256, writeAtomic } from "./lib/files";
import { isSignedAs, signImage } from "./lib/image-signature";
import { readInstalled } from "./lib/installed";
import { packagesText } from "./lib/packages";
import { assertSameDisk, imageInfo, rawToQcow2 } from "./lib/qemu-img";
import { newestDate, readReleases } from "./lib/repositories";
import type { BuildImageData } from "./lib/results";
import { writeBills } from "./lib/sbom";
import type { HostStage, StageContext } from "./lib/stage";
import { withSharedArchives } from "./lib/shared-archives";
import { whileSpace } from "./lib/space-watch";
import { releaseBelow } from "./lib/tidy";

const MIB = 1024 ** 2;
/** Bytes of scratch that a builder must leave: the qcow2 is still to come. */
const LEAST_FREE = 512 * MIB;

export const stage: HostStage = {
  name: "build-image",
  async upToDate(context) {
    const { plan, paths, signal } = context;
    const data = context.data("build-image");
    if (data.recipeKey !== recipeKey(context) || !isSignedAs(data.signature, context)) return false;
    if (await hasSha256(data.file, data.sha256, signal)) return true;
    // The scratch volume may have been emptied meanwhile; a copy is as good as its hash.
    const copy = path.join(paths.artefacts, ARTEFACTS.image(plan.build));
    if (!(await hasSha256(copy, data.sha256, signal))) return false;
    await copyAtomic(copy, data.file, signal);
    return hasSha256(data.file, data.sha256, signal);
  },
  async run(context) {
    const { plan, paths, log, signal } = context;
    const patchedUntil = new Date().toISOString();
    const raw = path.join(paths.work, "image.raw");
    const qcow2 = path.join(paths.local, ARTEFACTS.image(plan.build));
    await log.step("remains of an earlier run", async () => {
      await releaseBelow(paths.scratch, (line) => log.line(line));
      await rm(paths.work, { recursive: true, force: true });
      await mkdir(paths.work, { recursive: true });
      await mkdir(paths.local, { recursive: true });
    });
    const packageList = path.join(paths.work, "builder.packages");
    await buildRaw(context, raw, packageList);
    const { virtualSize } = await log.step("qcow2", async () => {
      await rawToQcow2(raw, `${qcow2}.part`, signal);
      await rename(`${qcow2}.part`, qcow2);
      return imageInfo(qcow2, "qcow2", signal);
    });
    if (virtualSize > plan.image.minDiskGiB * 1024 * MIB) {
      throw new StageError(
        `images/${plan.image.name}/image.yaml: minDiskGiB is ${plan.image.minDiskGiB}, the disk has ${(virtualSize / MIB).toFixed(0)} MiB; raise it`,
      );
    }
    await log.step("qcow2 holds the same disk", async () => assertSameDisk(raw, qcow2, signal));
    const packages = await log.step("package list", async () => listPackages(context, { raw, packageList }));
    const { size, hex } = await log.step("hashes", async () =>
      digestFile(qcow2, ["sha256", "sha384", "sha512"], signal),
    );
    const signature = await log.step("signature for Glance", async () => signImage(context, qcow2, hex.sha384));
    const billed = { sha256: hex.sha256, sha512: hex.sha512, patchedUntil };
    await log.step("bills of materials", async () => writeBills(context, billed, packages.software));
    const logged = { packages: packages.list, size, virtualSize };
    const changes = await log.step("change log", async () => writeChangeLog(context, logged));
    await log.step("copies on the share", async () => {
      for (const name of [ARTEFACTS.image(plan.build), ARTEFACTS.packages, ARTEFACTS.packagesJson]) {
        await toShare(paths, name, signal);
      }
    });
    const data: BuildImageData = {
      recipeKey: recipeKey(context),
      file: qcow2,
      raw,
      size,
      virtualSize,
      ...hex,
      ...(signature && { signature }),
      packages: packages.list.length,
      packagesSha256: packages.sha256,
      patchedUntil,
      finished: new Date().toISOString(),
    };
    const message = `${(size / MIB).toFixed(0)} MiB qcow2 of ${(virtualSize / MIB).toFixed(0)} MiB, ${packages.list.length} packages${changes === undefined ? "" : ` (${changes})`}, sha256 ${hex.sha256.slice(0, 12)}…`;
    return { message, data: { ...data, steps: log.steps } };
  },
};

/** What the image is made from, as one hash: a resume builds again when it has changed. */
function recipeKey(context: StageContext): string {
  const { image, mirrors } = context.plan;
  const { sourceDigest } = context.data("checkout");
  const builder = context.data("configure-host").versions[builderPackage(image)] ?? "";
  const { recipe, os, architecture } = image;
  return sha256(JSON.stringify({ sourceDigest, recipe, os, architecture, mirrors, builder }));
}

async function buildRaw(context: StageContext, raw: string, packageList: string): Promise<void> {
  const { plan, paths, log, signal } = context;
  const builder = builderOf(plan.image);
  const cache = path.join(paths.scratch, "cache");
  const { given, left } = builder.archives(plan.image);
  const archives = { given: path.join(cache, given), left: path.join(cache, left) };
  const releases = await readReleases(plan, signal);
  const run = { raw, packageList, sourceDate: newestDate(releases) };
  const watch = { directory: paths.scratch, least: LEAST_FREE, remedy: "raise nodes.buildHost.scratchGiB", signal };
  try {
    await withSharedArchives(context, { releases, ...archives }, async () => {
      const lowest = await whileSpace(watch, async (stop) => builder.build(context, { ...run, signal: stop }));
      log.line(`${(lowest / MIB).toFixed(0)} MiB of scratch were free at the least`);
    });
  } catch (error) {
    await releaseBelow(paths.scratch, (line) => log.line(line));
    throw error;
  }
}

/** Writes both forms of the package list, read from the image itself or told by its builder. */
async function listPackages(context: StageContext, made: Parameters<typeof readInstalled>[1]) {
  const { paths } = context;
  const { packages, software } = await readInstalled(context, made);
  const text = packagesText(packages);
  await writeAtomic(path.join(paths.local, ARTEFACTS.packages), text);
  await writeAtomic(path.join(paths.local, ARTEFACTS.packagesJson), `${JSON.stringify(packages, null, 1)}\n`);
  return { list: packages, software, sha256: sha256(text) };
}
