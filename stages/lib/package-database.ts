/** Debian's package database in an image, read from its files: no program of the image runs. */
import { createReadStream } from "node:fs";
import { createHash } from "node:crypto";
import path from "node:path";
import type { ImageTree } from "./image-tree";

const STATUS = "/var/lib/dpkg/status";
const INFO = "/var/lib/dpkg/info";

export interface DatabasePackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** "installed", "half-configured", … */
  readonly state: string;
  /** The source that it was built from: advisories speak of sources. */
  readonly source: string;
  readonly sourceVersion: string;
}

/** All packages that are known, those that left their configuration only among them; undefined without a database. */
export async function readPackages(tree: ImageTree): Promise<readonly DatabasePackage[] | undefined> {
  const text = await wholeText(tree, STATUS);
  return text === undefined ? undefined : parseStatus(text);
}

/** Pure: the stanzas of dpkg's status file. */
export function parseStatus(text: string): DatabasePackage[] {
  return text.split(/\n{2,}/).flatMap((stanza) => {
    const field = (name: string): string => new RegExp(`^${name}: (.*)$`, "m").exec(stanza)?.[1]?.trim() ?? "";
    const [name, version] = [field("Package"), field("Version")];
    if (name === "") return [];
    const [, source = name, sourceVersion = version] = /^(\S+)(?: \((.*)\))?$/.exec(field("Source")) ?? [];
    const state = field("Status").split(" ")[2] ?? "";
    return [{ name, version, architecture: field("Architecture"), state, source, sourceVersion }];
  });
}

/** Every path that some package says is its own; undefined without a database. */
export async function packageFileNames(tree: ImageTree): Promise<ReadonlySet<string> | undefined> {
  const lists = (await tree.list(INFO)).filter((file) => file.endsWith(".list"));
  if (lists.length === 0) return undefined;
  const texts = await Promise.all(lists.map((file) => wholeText(tree, file)));
  const diversions = ((await wholeText(tree, "/var/lib/dpkg/diversions")) ?? "").split("\n");
  return new Set([...texts.flatMap((text) => (text ?? "").split("\n")), ...diversions]);
}

export interface FileSum {
  readonly package: string;
  /** With a leading slash. */
  readonly path: string;
  readonly md5: string;
}

/** The sums that packages brought along for their files; configuration is not among them. */
export async function packageSums(tree: ImageTree): Promise<readonly FileSum[]> {
  const lists = (await tree.list(INFO)).filter((file) => file.endsWith(".md5sums"));
  const found = await Promise.all(
    lists.map(async (file) => parseSums(path.basename(file, ".md5sums"), (await wholeText(tree, file)) ?? "")),
  );
  return found.flat();
}

/** Pure: one md5sums file. */
export function parseSums(name: string, text: string): FileSum[] {
  return text.split("\n").flatMap((line) => {
    const [, md5, file] = /^([0-9a-f]{32}) {2}(.+)$/.exec(line) ?? [];
    return md5 === undefined || file === undefined ? [] : [{ package: name, path: `/${file}`, md5 }];
  });
}

/** Hex MD5 of a file of this host. */
export async function md5Of(file: string): Promise<string> {
  const hash = createHash("md5");
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest("hex");
}

/** The database is larger than what counts as configuration. */
async function wholeText(tree: ImageTree, name: string): Promise<string | undefined> {
  const file = await tree.resolve(name);
  if (file === undefined) return undefined;
  let text = "";
  for await (const chunk of createReadStream(file, { encoding: "utf8" }) as AsyncIterable<string>) text += chunk;
  return text;
}
