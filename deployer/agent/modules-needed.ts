/** Which folders of node_modules a program needs, from package-lock.json. Pure. */

export interface LockedPackage {
  readonly link?: boolean;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** package-lock.json, version 3: packages by their path, "" for the project itself. */
export interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/**
 * Names of the folders directly below node_modules that the project's own dependencies need, and those of `also`. What
 * is nested in one of them comes with it. A dependency that is not in the lock file (an optional one) is passed over.
 */
export function modulesNeeded({ packages }: LockFile, also: readonly string[]): string[] {
  const found = new Set<string>();
  const visit = (from: string, name: string): void => {
    const path = locate(packages, from, name);
    if (path === undefined || found.has(path)) return;
    found.add(path);
    const { link = false, resolved = "" } = packages[path] ?? {};
    // a workspace is a link to its folder, whose own dependencies are listed there
    const own = (link ? packages[resolved] : packages[path]) ?? {};
    const needs = { ...own.dependencies, ...own.optionalDependencies, ...own.peerDependencies };
    for (const need of Object.keys(needs)) visit(path, need);
  };
  for (const name of [...Object.keys(packages[""]?.dependencies ?? {}), ...also]) visit("", name);
  return [...new Set([...found].map(topOf))].sort();
}

/** As Node looks for it: in the package's own node_modules, then outwards. */
function locate(packages: LockFile["packages"], from: string, name: string): string | undefined {
  for (let folder = from; ; folder = outer(folder)) {
    const path = `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
    if (path in packages) return path;
    if (folder === "") return undefined;
  }
}

/** node_modules/a/node_modules/b → node_modules/a → the project. */
function outer(folder: string): string {
  const at = folder.lastIndexOf("/node_modules/");
  return at === -1 ? "" : folder.slice(0, at);
}

function topOf(path: string): string {
  return (path.split("/node_modules/")[0] ?? path).replace(/^node_modules\//, "");
}
