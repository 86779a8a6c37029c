/** Package lists: the same text from a mounted image and from inside a running instance. */

export interface Package {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
}

/** dpkg-query's arguments that print `name<TAB>version<TAB>architecture<TAB>status` for every package. */
export const DPKG_FORMAT = "${Package}\\t${Version}\\t${Architecture}\\t${db:Status-Status}\\n";

/** Pure: the installed packages of dpkg-query's output in {@link DPKG_FORMAT}. */
export function parseDpkg(text: string): Package[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t"))
    .filter(([, , , status]) => status === "installed")
    .map(([name = "", version = "", architecture = ""]) => ({ name, version, architecture }));
}

/** Pure: packages.txt, a line each, in byte order (`LC_ALL=C sort`). */
export function packagesText(packages: readonly Package[]): string {
  const lines = packages.map(({ name, version, architecture }) => `${name}\t${version}\t${architecture}`);
  return lines
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map((line) => `${line}\n`)
    .join("");
}
