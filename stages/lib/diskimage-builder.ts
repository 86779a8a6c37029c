/** The builder diskimage-builder. */
import { mkdir, rename } from "node:fs/promises";
import path from "node:path";
import { onBaseSystem } from "./base-system";
import type { Builder, BuilderRun } from "./builder";
import { dibArguments, dibEnvironment } from "./dib";
import { exec } from "./exec";
import { exists } from "./files";
import type { StageContext } from "./stage";

export const diskimageBuilder: Builder = {
  name: "diskimage-builder",
  package: "python3-diskimage-builder",
  tools: [
    { command: "disk-image-create", package: "python3-diskimage-builder" },
    { command: "debootstrap", package: "debootstrap" },
    { command: "kpartx", package: "kpartx" },
    { command: "mkfs.ext4", package: "e2fsprogs" },
    { command: "mkfs.vfat", package: "dosfstools" },
    { command: "sgdisk", package: "gdisk" },
    { command: "sudo", package: "sudo" },
  ],
  // The element shared-archives takes them from there: elements of distributions empty the place that apt looks at.
  archives: ({ os }) => ({ given: "archives", left: path.join("apt", os.distro) }),
  async build(context, run) {
    const cache = path.join(context.paths.scratch, "cache");
    await mkdir(cache, { recursive: true });
    await onBaseSystem(context, { cache, signal: run.signal }, async () =>
      context.log.step("diskimage-builder", async () => create(context, cache, run)),
    );
  },
};

async function create({ plan, paths, log }: StageContext, cache: string, run: BuilderRun): Promise<void> {
  const output = path.join(paths.work, "image");
  const directories = {
    elements: await thoseThere([path.join(paths.recipe, "elements"), paths.sharedRecipe]),
    temporary: path.join(paths.work, "tmp"),
    cache,
  };
  await mkdir(directories.temporary, { recursive: true });
  await exec("disk-image-create", dibArguments(plan, output), {
    cwd: paths.work,
    env: { ...dibEnvironment(plan, directories), SOURCE_DATE_EPOCH: String(run.sourceDate) },
    signal: run.signal,
    log: (line) => log.line(line),
  });
  if (run.raw !== `${output}.raw`) await rename(`${output}.raw`, run.raw);
}

/** A recipe may do without elements of its own; diskimage-builder refuses a path that is not there. */
async function thoseThere(directories: readonly string[]): Promise<string[]> {
  const there = await Promise.all(directories.map(async (directory) => exists(directory)));
  return directories.filter((_, index) => there[index]);
}
