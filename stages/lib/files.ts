/** Files: atomic writes, copies with proof, JSON, free space. */
import { randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, readFile, rename, rm, stat, statfs } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { digestFile } from "./digests";
import { StageError } from "./errors";

/** A name beside `file` that nobody else uses: the place to write before the rename. */
function beside(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(4).toString("hex")}`);
}

/** Writes a whole file or nothing: temporary file, fsync, rename. */
export async function writeAtomic(file: string, content: string | Buffer, mode = 0o644): Promise<void> {
  const temporary = beside(file);
  try {
    const handle = await open(temporary, "wx", mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Copies a file atomically; the copy's size must be the source's. */
export async function copyAtomic(from: string, to: string, signal?: AbortSignal): Promise<void> {
  await mkdir(path.dirname(to), { recursive: true });
  const temporary = beside(to);
  try {
    const source = createReadStream(from, { highWaterMark: 1024 * 1024 });
    await pipeline(source, createWriteStream(temporary), { ...(signal && { signal }) });
    await flush(temporary);
    const [want, got] = await Promise.all([stat(from), stat(temporary)]);
    if (want.size !== got.size) {
      throw new StageError(`copy of ${from} to ${to} has ${got.size} bytes instead of ${want.size}: is the disk full?`);
    }
    await rename(temporary, to);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Whether a file is there with exactly this SHA-256. */
export async function hasSha256(file: string, sha256: string, signal?: AbortSignal): Promise<boolean> {
  if (!(await exists(file))) return false;
  return (await digestFile(file, ["sha256"], signal)).hex.sha256 === sha256;
}

/** Whether a path is there. Other failures than its absence throw. */
export async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** A file's text, or undefined when there is no such file. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Free bytes for root on the file system of a path. */
export async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Whether an error says that a file or directory is not there. */
export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === "ENOENT";
}
