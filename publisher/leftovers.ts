/** Directories that go with the publisher, even when it was killed: the next one finds whose process is gone. */
import { lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { command } from "./command";

/** How a directory goes: what still runs may write into it while it goes. */
export const REMOVED = { recursive: true, force: true, maxRetries: 5 } as const;

/** Makes a directory that only this user may enter; its name says which process it belongs to. */
export function makeOwn(parent: string, prefix: string): Promise<string> {
  return mkdtemp(path.join(parent, `${prefix}${process.pid}-`));
}

/** Removes directories of this user's processes that have ended without doing so, agents of GnuPG homes in them too. */
export async function removeLeft(parent: string, prefix: string): Promise<void> {
  const left = (await readdir(parent)).filter((name) => {
    const pid = name.startsWith(prefix) ? /^(\d+)-/.exec(name.slice(prefix.length))?.[1] : undefined;
    return pid !== undefined && !isRunning(Number(pid));
  });
  for (const name of left) {
    const directory = path.join(parent, name);
    // Gone meanwhile, or another user's: nothing of ours.
    const about = await lstat(directory).catch(() => undefined);
    if (!about?.isDirectory() || about.uid !== process.getuid?.()) continue;
    await endAgents(directory);
    await rm(directory, REMOVED);
  }
}

/** Of the GnuPG homes in a directory. */
export async function endAgents(directory: string): Promise<void> {
  for (const home of await readdir(directory))
    await command("gpgconf", ["--homedir", path.join(directory, home), "--kill", "all"]).catch(() => undefined);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
