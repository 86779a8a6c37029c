/** A private directory with a short path, for sockets: their paths may have at most 104 (macOS) or 108 characters. */
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { UserError } from "./user-error";

/** What a socket's path may have at most. */
export const LONGEST_SOCKET_PATH = 104;

/** The directory, made with mode 0700 when missing. Throws a UserError when what is there belongs to somebody else. */
export function runtimeDirectory(env: NodeJS.ProcessEnv = process.env): string {
  const { uid } = userInfo();
  const base = env["XDG_RUNTIME_DIR"];
  const short = [base, tmpdir(), "/tmp"].filter((place) => place !== undefined && place.length <= 40);
  const directory = path.join(short.find(isDirectory) ?? "/tmp", `factory-${uid}`);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const stat = lstatSync(directory);
  const foreign = process.getuid !== undefined && stat.uid !== uid;
  if (!stat.isDirectory() || foreign || (stat.mode & 0o077) !== 0) {
    throw new UserError(`${directory}: must be a directory of yours that nobody else can read; remove it`);
  }
  return directory;
}

/** A short name for a long one: the first 12 hex digits of its SHA-256. */
export function shortName(...parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 12);
}

function isDirectory(place: string | undefined): boolean {
  try {
    return place !== undefined && lstatSync(place).isDirectory();
  } catch {
    return false;
  }
}
