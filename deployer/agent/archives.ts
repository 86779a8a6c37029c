/** What the controller's deployer runs: this repository at its commit, and what that runs on, as archives. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { AGENT } from "../../model/agent";
import { cliConfigText, mirror } from "../../toolchain/steps/provider.js";
import { findTerraform } from "../../toolchain/steps/terraform.js";
import type { NodeArchive } from "../roles/role";
import { UserError } from "../user-error";
import { modulesNeeded, type LockFile } from "./modules-needed";

/** What runs a stack beside the project's own dependencies. */
const PROGRAMS = ["cdktf-cli"];

/** Programs for machines that the controller is none of; commands that npm made. */
const LEFT_OUT = [
  "prebuilds/darwin-*",
  "prebuilds/win32-*",
  "prebuilds/*-arm*",
  "prebuilds/*-ia32",
  "node_modules/.bin",
];

/** The repository at its commit: uncommitted changes are not deployed. */
export function appArchive(root: string): NodeArchive {
  return {
    path: AGENT.app,
    pack: () =>
      spawn("git", ["-C", root, "-c", "tar.umask=0022", "archive", "--format=tar", "HEAD"], {
        stdio: ["ignore", "pipe", "inherit"],
      }),
  };
}

/**
 * Node, Terraform and the provider of this machine, and the modules that the lock file wants. Calls `use` with the archive;
 * it is good for that long. Throws a UserError where this machine's programs can't run on the controller.
 */
export async function withToolsArchive<T>(root: string, use: (archive: NodeArchive) => Promise<T>): Promise<T> {
  if (process.platform !== "linux")
    throw new UserError(
      `the controller runs this machine's Node and Terraform, which are for ${process.platform}; deploy from Linux`,
    );
  const terraform = await findTerraform();
  if (!terraform) throw new UserError("there is no Terraform yet: run `npm run setup` first");
  const staging = await mkdtemp(path.join(tmpdir(), "factory-tools-"));
  try {
    const cache = path.join(staging, "cache", "toolchain");
    const modules = path.join(staging, "node_modules");
    for (const folder of [path.join(staging, "bin"), cache, modules]) await mkdir(folder, { recursive: true });
    await symlink(realpathSync(process.execPath), path.join(staging, "bin", "node"));
    await symlink(realpathSync(terraform.path), path.join(staging, "bin", terraform.product));
    await symlink(mirror(), path.join(cache, "mirror"));
    await writeFile(path.join(cache, "terraform.rc"), cliConfigText(`${AGENT.tools}/current/cache/toolchain/mirror`));
    for (const name of installedModules(root)) {
      await mkdir(path.dirname(path.join(modules, name)), { recursive: true });
      await symlink(path.join(root, "node_modules", name), path.join(modules, name));
    }
    return await use({ path: AGENT.tools, pack: () => packTree(staging) });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Those of the lock file that are for this machine. */
function installedModules(root: string): string[] {
  const lock = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8")) as LockFile;
  return modulesNeeded(lock, PROGRAMS).filter((name) => existsSync(path.join(root, "node_modules", name)));
}

/** What links lead to, in an order and with times that are always the same. */
function packTree(directory: string) {
  const alike = [
    "--sort=name",
    "--mtime=@0",
    "--mode=u=rwX,go=rX",
    "--owner=0",
    "--group=0",
    "--numeric-owner",
    "--format=gnu",
  ];
  const followed = ["--dereference", "--hard-dereference", ...LEFT_OUT.map((pattern) => `--exclude=${pattern}`)];
  return spawn("tar", ["--create", ...alike, ...followed, "--directory", directory, "."], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}
