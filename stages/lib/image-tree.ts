/**
 * The files of an image, mounted somewhere. Links are followed inside the image only: an absolute one in it means a file
 * of the image, never one of this host.
 */
import { lstat, open, readdir, readlink, type FileHandle } from "node:fs/promises";
import type { Stats } from "node:fs";
import path from "node:path";
import { isMissing } from "./files";

/** How many links may follow each other, as in the kernel. */
const LINKS = 40;
/** Configuration is small; what is longer is cut, bytes. */
const LONGEST = 4 * 1024 * 1024;

export interface TreeEntry {
  /** From the image's root, with a leading slash. */
  readonly path: string;
  readonly stats: Stats;
}

export class ImageTree {
  private everything: Promise<readonly TreeEntry[]> | undefined;
  /** Where directories of the image lead: thousands of files are asked for in each. */
  private readonly directories = new Map<string, Promise<string | undefined>>();

  constructor(readonly root: string) {}

  /** All of it, looked at once for all who ask. */
  all(): Promise<readonly TreeEntry[]> {
    this.everything ??= (async () => {
      const entries: TreeEntry[] = [];
      for await (const entry of this.walk("/")) entries.push(entry);
      return entries;
    })();
    return this.everything;
  }

  /** Where a path of the image is on this host; undefined when there is nothing. The last link is followed, too. */
  async resolve(name: string): Promise<string | undefined> {
    const inside = await (name.includes("..") ? this.follow(name) : this.followFile(name));
    return inside === undefined ? undefined : this.host(inside);
  }

  private async followFile(name: string): Promise<string | undefined> {
    const [directory, file] = [path.join("/", path.dirname(name)), path.basename(name)];
    const known = this.directories.get(directory) ?? this.follow(directory);
    this.directories.set(directory, known);
    const at = await known;
    if (at === undefined) return undefined;
    const next = path.join(at, file);
    const stats = await this.stat(next);
    return stats?.isSymbolicLink() ? this.follow(next) : stats && next;
  }

  /** Where a path of the image leads, as a path of the image. */
  private async follow(name: string): Promise<string | undefined> {
    let parts = segments(name);
    let at = "/";
    for (let links = 0; parts.length > 0;) {
      const [part = "", ...rest] = parts;
      if (part === "..") {
        at = path.dirname(at);
        parts = rest;
        continue;
      }
      const next = path.join(at, part);
      const stats = await this.stat(next);
      if (!stats) return undefined;
      if (!stats.isSymbolicLink()) {
        at = next;
        parts = rest;
        continue;
      }
      if (++links > LINKS) return undefined;
      const target = await readlink(this.host(next));
      if (path.isAbsolute(target)) at = "/";
      parts = [...segments(target), ...rest];
    }
    return at;
  }

  /** Of the name itself, be it a link; undefined when it is not there. Directories on the way must be no links. */
  async stat(name: string): Promise<Stats | undefined> {
    try {
      return await lstat(this.host(name));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** A regular file's text; undefined when there is none. */
  async read(name: string): Promise<string | undefined> {
    const file = await this.resolve(name);
    if (file === undefined || !(await lstat(file)).isFile()) return undefined;
    return (await head(file, LONGEST)).toString("utf8");
  }

  /** Paths of what a directory holds, sorted; none when there is no such directory. */
  async list(name: string): Promise<string[]> {
    const directory = await this.resolve(name);
    if (directory === undefined || !(await lstat(directory)).isDirectory()) return [];
    return (await readdir(directory)).sort().map((entry) => path.join(name, entry));
  }

  /** Everything below a directory, depth first; links are told, not followed. */
  async *walk(name: string): AsyncGenerator<TreeEntry> {
    const directory = await this.resolve(name);
    if (directory === undefined || !(await lstat(directory)).isDirectory()) return;
    yield* this.below(path.join("/", path.relative(this.root, directory)));
  }

  /** The same of a path that leads through no link. */
  private async *below(directory: string): AsyncGenerator<TreeEntry> {
    const names = (await readdir(this.host(directory))).sort();
    const entries = await Promise.all(
      names.map(async (name) => {
        const at = path.join(directory, name);
        return { path: at, stats: await lstat(this.host(at)) };
      }),
    );
    for (const entry of entries) {
      yield entry;
      if (entry.stats.isDirectory()) yield* this.below(entry.path);
    }
  }

  private host(name: string): string {
    return path.join(this.root, path.normalize(path.join("/", name)));
  }
}

const segments = (name: string): string[] => name.split("/").filter((part) => part !== "" && part !== ".");

/** The first bytes of a file. */
export async function head(file: string, bytes: number): Promise<Buffer> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, "r");
    const buffer = Buffer.alloc(Math.min(bytes, (await handle.stat()).size));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle?.close();
  }
}
