/** What is installed in a mounted Debian system, read from its package database and its packages' copyright files. */
import { open, readFile, realpath } from "node:fs/promises";
import path from "node:path";
import { licencesIn } from "../../model/licences";
import type { SoftwarePackage } from "../../model/software";
import { sha256 } from "./digests";

/** Bytes; a copyright file that is larger names no licence for us. */
const LARGEST_FILE = 2 * 1024 ** 2;
/** Files that are read at once. */
const AT_ONCE = 16;

/** The installed packages of the system below `root`; empty where it has no database of dpkg's. */
export async function installedSoftware(root: string): Promise<SoftwarePackage[]> {
  const status = await readInside(root, "var/lib/dpkg/status", Infinity);
  const stanzas = parseStatus(status ?? "");
  const packages: SoftwarePackage[] = [];
  for (let at = 0; at < stanzas.length; at += AT_ONCE) {
    const some = stanzas.slice(at, at + AT_ONCE);
    packages.push(...(await Promise.all(some.map(async (stanza) => describe(root, stanza)))));
  }
  return packages;
}

type Stanza = Readonly<Record<string, string>>;

/** Pure: the fields of the installed packages in dpkg's status; of long ones the first line. */
export function parseStatus(text: string): Stanza[] {
  return text
    .split(/\n\n+/)
    .map((block) =>
      Object.fromEntries(
        block.split("\n").flatMap((line) => {
          const [, name, value = ""] = /^([A-Za-z-]+):[ \t]*(.*)$/.exec(line) ?? [];
          return name === undefined ? [] : [[name, value] as const];
        }),
      ),
    )
    .filter((stanza: Stanza) => stanza["Status"]?.endsWith(" installed") === true);
}

async function describe(root: string, stanza: Stanza): Promise<SoftwarePackage> {
  const { Package: name = "", Version: version = "", Architecture: architecture = "" } = stanza;
  const { Maintainer: maintainer, Homepage: homepage, Description: summary } = stanza;
  const copyright = await readInside(root, `usr/share/doc/${name}/copyright`);
  const sums =
    (await readInside(root, `var/lib/dpkg/info/${name}.md5sums`)) ??
    (await readInside(root, `var/lib/dpkg/info/${name}:${architecture}.md5sums`));
  return {
    name,
    version,
    architecture,
    source: sourceOf(stanza),
    ...(maintainer !== undefined && { maintainer }),
    ...(homepage !== undefined && isWebAddress(homepage) && { homepage }),
    ...(summary !== undefined && { summary }),
    licences: licencesIn(copyright ?? ""),
    ...(sums !== undefined && { filesDigest: sha256(sums) }),
  };
}

/** `Source: glibc (2.36-9)`: the version is there when it is another one. */
function sourceOf({ Package: name = "", Version: version = "", Source: source = name }: Stanza) {
  const [, sourceName = name, sourceVersion = version] = /^(\S+)(?:\s+\(([^)]+)\))?$/.exec(source) ?? [];
  return { name: sourceName, version: sourceVersion };
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\/\S+$/.test(text) && URL.canParse(text);
}

/** A file's text; undefined when it is none, too large, or (by a link of the image's) outside of the image. */
async function readInside(root: string, name: string, largest = LARGEST_FILE): Promise<string | undefined> {
  try {
    const [top, file] = await Promise.all([realpath(root), realpath(path.join(root, name))]);
    if (path.relative(top, file).split(path.sep)[0] === "..") return undefined;
    const handle = await open(file, "r");
    try {
      const found = await handle.stat();
      if (!found.isFile() || found.size > largest) return undefined;
    } finally {
      await handle.close();
    }
    return await readFile(file, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? ""))
      return undefined;
    throw error;
  }
}
