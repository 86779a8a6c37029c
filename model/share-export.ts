/**
 * What the NFS server exports for a build: its directory, its recipe's cache and the common package archives, to its host's address
 * alone. A file of
 * /etc/exports.d (exports(5)) a build, whose first line tells programs what it is about.
 */
import { parseBuildId } from "./naming";
import { SHARE_PATHS } from "./plan";

export interface BuildExport {
  readonly build: string;
  /** IPv4 address of its host. */
  readonly address: string;
  /** What its cache is bound to: 32 hex digits. */
  readonly recipe: string;
  /** ISO 8601: what is left of the build is not needed after this. */
  readonly expires: string;
}

/** Name of a build's file in the directory of exports. */
export const exportFile = (build: string): string => `${build}.exports`;

/** What a build host mounts, relative to the share. */
export function exportedDirectories({ build, recipe }: Pick<BuildExport, "build" | "recipe">): {
  readonly build: string;
  readonly cache: string;
  readonly archives: string;
} {
  const { image } = parseBuildId(build);
  return {
    build: SHARE_PATHS.buildDirectory(image, build),
    cache: SHARE_PATHS.cacheDirectory(image, recipe),
    archives: SHARE_PATHS.archives,
  };
}

/**
 * The user (and group) that everything of a host becomes on the NFS server. One for each address, so that no host is
 * the owner of another's files. 0x70000 and on: neither adduser's nor systemd's.
 */
export function hostUser(address: string): number {
  const [, , third = 0, fourth = 0] = address.split(".").map(Number);
  return 0x70000 + third * 256 + fourth;
}

/**
 * The file's text. `subtree_check`: without it a handle that a host made up itself would reach every file of the volume.
 * @param directory the share on the NFS server
 */
export function exportText(directory: string, granted: BuildExport): string {
  const { build, address, recipe, expires } = granted;
  const user = hostUser(address);
  const client = `${address}(rw,sync,subtree_check,all_squash,anonuid=${user},anongid=${user})`;
  const lines = Object.values(exportedDirectories(granted)).map((path) => `"${directory}/${path}" ${client}`);
  return [`# ${JSON.stringify({ build, address, recipe, expires })}`, ...lines, ""].join("\n");
}

/** What such a file is about. Throws one line for a file that is none of ours. */
export function parseExport(text: string, file: string): BuildExport {
  const [first = ""] = text.split("\n");
  try {
    const value = JSON.parse(first.replace(/^# /, "")) as Partial<BuildExport>;
    const { build, address, recipe, expires } = value;
    const texts = [build, address, recipe, expires].every((one) => typeof one === "string");
    if (texts && !Number.isNaN(Date.parse(expires ?? ""))) return value as BuildExport;
  } catch {
    // told below
  }
  throw new Error(`${file}: is no export of a build; remove it if no build needs it`);
}
