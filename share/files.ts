/** Looking at files and directories without following anything that a build host may have put there. */
import { lstat, readdir, readFile } from "node:fs/promises";
import path from "node:path";

/** Names in a directory, sorted; none when there is no such directory. Any other failure throws. */
export async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Bytes that a file which we read may have at most. */
const LARGEST = 64 * 1024 ** 2;

/** A file's text; undefined when there is no such file. Throws for what is no plain file, or too large for any of ours. */
export async function textIfThere(file: string): Promise<string | undefined> {
  try {
    const stats = await lstat(file);
    if (!stats.isFile() || stats.size > LARGEST) throw new Error(`${file}: is no plain file of up to ${LARGEST} bytes`);
    return await readFile(file, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export interface FoundFile {
  /** Relative to where the search began. */
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly changed: number;
}

/** Everything below a directory that is not a directory, with what it takes up on the disk. Gone meanwhile is gone. */
export async function filesBelow(directory: string, below = ""): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  for (const name of await namesIn(path.join(directory, below))) {
    const inside = path.join(below, name);
    const stats = await lstat(path.join(directory, inside)).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    if (stats?.isDirectory()) found.push(...(await filesBelow(directory, inside)));
    else if (stats) found.push({ path: inside, bytes: stats.blocks * 512, changed: stats.mtimeMs });
  }
  return found;
}

export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === "ENOENT";
}
