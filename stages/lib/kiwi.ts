/** The builder KIWI. */
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { KIWI_DESCRIPTION } from "../../model/recipe-checks";
import type { Builder, BuilderRun } from "./builder";
import { StageError } from "./errors";
import { CommandError, exec } from "./exec";
import { exists } from "./files";
import {
  kiwiCalls,
  kiwiEnvironment,
  kiwiLines,
  kiwiReason,
  KIWI_CONFIG,
  withMirrors,
  type KiwiDirectories,
} from "./kiwi-command";
import type { Layout } from "./layout";
import type { StageContext } from "./stage";

export const kiwi: Builder = {
  name: "kiwi",
  package: "kiwi",
  tools: [
    { command: "kiwi-ng", package: "kiwi" },
    { command: "debootstrap", package: "debootstrap" },
    { command: "kpartx", package: "kpartx" },
    { command: "parted", package: "parted" },
    { command: "rsync", package: "rsync" },
    { command: "mkfs.ext4", package: "e2fsprogs" },
    { command: "mkfs.vfat", package: "dosfstools" },
    { command: "sgdisk", package: "gdisk" },
  ],
  archives: () => ({ given: path.join("apt-get", "archives"), left: path.join("apt-get", "archives") }),
  async build(context, run) {
    const { paths, log } = context;
    const directories: KiwiDirectories = {
      description: path.join(paths.work, "description"),
      root: path.join(paths.work, "root"),
      target: path.join(paths.work, "target"),
      temporary: path.join(paths.work, "tmp"),
      cache: path.join(paths.scratch, "cache"),
      home: path.join(paths.work, "home"),
      config: path.join(paths.work, "kiwi.yml"),
    };
    await describe(context, directories);
    // KIWI makes the root itself; what an interrupted run left of it is in its way
    await rm(directories.root, { recursive: true, force: true });
    for (const { title, args } of kiwiCalls(context.plan, directories))
      await log.step(title, async () => call(context, args, directories, run));
    await rename(await theDisk(directories.target), run.raw);
    await keepPackageList(directories.target, run.packageList);
    for (const directory of [directories.root, directories.target])
      await rm(directory, { recursive: true, force: true });
  },
};

/** A copy of the recipe, made for this build. */
async function describe({ plan, paths }: StageContext, directories: KiwiDirectories): Promise<void> {
  for (const directory of [directories.temporary, directories.cache, path.join(directories.home, "gnupg")]) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  }
  await layDescription(paths, directories.description);
  const file = path.join(directories.description, KIWI_DESCRIPTION);
  await writeFile(file, withMirrors(await readFile(file, "utf8"), plan));
  await writeFile(directories.config, KIWI_CONFIG);
}

/** What recipes share, then the recipe, whose own files win. */
export async function layDescription(
  { recipe, sharedRecipe }: Pick<Layout, "recipe" | "sharedRecipe">,
  to: string,
): Promise<void> {
  if (await exists(sharedRecipe)) await cp(sharedRecipe, to, { recursive: true });
  await cp(recipe, to, { recursive: true });
}

async function call(
  { paths, log }: StageContext,
  args: readonly string[],
  directories: KiwiDirectories,
  run: BuilderRun,
): Promise<void> {
  try {
    await exec("kiwi-ng", args, {
      cwd: paths.work,
      env: kiwiEnvironment(directories, run.sourceDate),
      signal: run.signal,
      log: (line) => kiwiLines(line).forEach((one) => log.line(one)),
    });
  } catch (error) {
    const reason = error instanceof CommandError ? kiwiReason(`${error.stdout}\n${error.stderr}`) : undefined;
    throw reason === undefined ? error : new StageError(`kiwi-ng: ${reason}`);
  }
}

/** KIWI names the disk after the description's name and version. */
async function theDisk(target: string): Promise<string> {
  const [disk, ...others] = (await readdir(target)).filter((name) => name.endsWith(".raw"));
  if (disk !== undefined && others.length === 0) return path.join(target, disk);
  throw new StageError(
    `${KIWI_DESCRIPTION}: made ${disk === undefined ? "no raw disk" : "several disks"}; describe one <type image="oem"> without a format`,
  );
}

/** KIWI names its list of the installed packages as it names the disk. */
export async function keepPackageList(target: string, to: string): Promise<void> {
  const [list] = (await readdir(target)).filter((name) => name.endsWith(".packages"));
  if (list !== undefined) await rename(path.join(target, list), to);
}
