/** Fetches what a build left on the share, and checks it against its own checksums. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { unusable } from "../config/writable";
import { BUILD_PATHS } from "../model/plan";
import type { Store } from "./store";
import { UserError } from "./user-error";

/** Lines of this file are checked; it lies beside what it lists. */
const SUMS = "SHA256SUMS";

/** Formats of images, as their files end. */
const IMAGE_FORMATS = ["qcow2", "raw", "vmdk", "vhd"];

/**
 * Writes the build's directory (artefacts, events, logs) below `to`. Gives how many checksums were right.
 * @param withoutImage leaves the image's own file on the share
 */
export async function fetchArtefacts(store: Store, build: string, to: string, withoutImage = false): Promise<number> {
  const problem = unusable(to);
  if (problem !== undefined) throw new UserError(`${to}: ${problem}; name another directory`);
  const events = Object.values((await store.readBuild(build)).events).flat();
  if (events.length === 0) throw new UserError(`there is no build ${build} on the share; "factory builds" lists them`);
  mkdirSync(to, { recursive: true });
  const leftOut = withoutImage ? IMAGE_FORMATS.map((format) => `${build}.${format}`) : [];
  await copy(store, build, to, leftOut);
  const folder = path.join(to, "artefacts");
  return existsSync(path.join(folder, SUMS)) ? checkSums(folder, [...prunedFiles(to), ...leftOut]) : 0;
}

async function copy(store: Store, build: string, to: string, leftOut: readonly string[]): Promise<void> {
  const remote = store.host.start(store.archiveCommand(build, leftOut));
  const local = spawn("tar", ["-x", "-f", "-", "--no-same-owner", "-C", to], { stdio: ["pipe", "ignore", "pipe"] });
  let said = "";
  for (const stream of [remote.stderr, local.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = [remote, local].map((child) => new Promise<number | null>((resolve) => child.on("close", resolve)));
  if (!remote.stdout) throw new Error("ssh has no output");
  // tar's own end tells why a pipe broke.
  await pipeline(remote.stdout, local.stdin).catch(() => undefined);
  const codes = await Promise.all(ended);
  if (codes.some((code) => code !== 0)) {
    throw new UserError(
      `${build}: could not be copied to ${to}: ${said.trim().split("\n").at(-1) ?? "the connection broke off"}`,
    );
  }
}

/** What of a build lies in the directory that it was fetched to: "1 file in events, 3 files in logs". */
export function fetchedText(directory: string): string {
  const counts = [BUILD_PATHS.artefacts, BUILD_PATHS.events, BUILD_PATHS.logs]
    .map((name) => [name, filesIn(path.join(directory, name))] as const)
    .filter(([, count]) => count > 0);
  return counts.map(([name, count]) => `${count} ${count === 1 ? "file" : "files"} in ${name}`).join(", ") || "nothing";
}

function filesIn(directory: string): number {
  if (!existsSync(directory)) return 0;
  return readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
}

/** Names in artefacts/ that the NFS server deleted to save space. */
export function prunedFiles(directory: string): readonly string[] {
  const note = path.join(directory, BUILD_PATHS.pruned);
  if (!existsSync(note)) return [];
  const { files = [] } = JSON.parse(readFileSync(note, "utf8")) as { readonly files?: readonly string[] };
  return files.map((file) => path.relative(BUILD_PATHS.artefacts, file));
}

async function checkSums(folder: string, pruned: readonly string[]): Promise<number> {
  const lines = readFileSync(path.join(folder, SUMS), "utf8")
    .split("\n")
    .filter((line) => line !== "");
  const wrong: string[] = [];
  for (const line of lines) {
    const [, sum, name = ""] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
    const file = path.join(folder, name);
    if (sum === undefined || !existsSync(file) || (await sha256(file)) !== sum) wrong.push(name || line);
  }
  const missing = wrong.filter((name) => pruned.includes(name) && !existsSync(path.join(folder, name)));
  if (wrong.length === missing.length) return lines.length - missing.length;
  const what = wrong.filter((name) => !missing.includes(name)).join(", ");
  throw new UserError(`${folder}: not what ${SUMS} says: ${what}`);
}

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
