/** What must not outlive a run on its host: mounts and loop devices under scratch, secrets in tmpfs. */
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { exec } from "./exec";
import type { Layout } from "./layout";

/** Pure: mount points below a directory, the deepest first, from /proc/self/mounts. */
export function mountsBelow(directory: string, mounts: string): string[] {
  const points = mounts
    .split("\n")
    .map((line) =>
      (line.split(" ")[1] ?? "").replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(parseInt(code, 8))),
    )
    .filter((point) => point.startsWith(`${directory}${path.sep}`));
  return [...new Set(points)].sort((a, b) => b.split(path.sep).length - a.split(path.sep).length || b.localeCompare(a));
}

interface LoopDevice {
  readonly name: string;
  readonly "back-file": string | null;
}

/** Pure: loop devices whose file lies below a directory, from `losetup --list --json`. */
export function loopsBelow(directory: string, json: string): string[] {
  if (json.trim() === "") return [];
  const { loopdevices = [] } = JSON.parse(json) as { loopdevices?: readonly LoopDevice[] };
  return loopdevices
    .filter((loop) => loop["back-file"]?.startsWith(`${directory}${path.sep}`))
    .map((loop) => loop.name);
}

/**
 * Unmounts and detaches what a builder that was killed has left below a directory. The directory has the build's id in
 * it: loop devices are common to all system containers of a machine, and others' must be left alone.
 */
export async function releaseBelow(directory: string, log: (line: string) => void): Promise<void> {
  for (const point of mountsBelow(directory, await readFile("/proc/self/mounts", "utf8"))) {
    log(`unmounting ${point}, left by an earlier run`);
    await exec("umount", ["--lazy", point], { log });
  }
  const { stdout } = await exec("losetup", ["--list", "--json", "--output", "NAME,BACK-FILE"], { logOutput: false });
  for (const device of loopsBelow(directory, stdout)) {
    log(`detaching ${device}, left by an earlier run`);
    // Whichever way its partitions were made, one of the two takes them away; neither minds that there are none.
    for (const [tool, ...args] of [
      ["kpartx", "-d", device],
      ["partx", "-d", device],
    ] as const) {
      await exec(tool, args, { log }).catch(() => undefined);
    }
    await exec("losetup", ["--detach", device], { log });
  }
}

/** Takes away everything secret: credentials, keys of test instances, gpg's home. Sockets of a live connection stay. */
export async function wipeSecrets(paths: Pick<Layout, "credentials" | "gnupg" | "testSecrets">): Promise<void> {
  for (const secret of [paths.credentials, paths.testSecrets, paths.gnupg]) {
    await rm(secret, { recursive: true, force: true });
  }
}
