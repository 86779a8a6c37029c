/**
 * Has anything changed since the last release that would make the image another one? Asked twice: by the deploying side
 * before anything is made, and on the build host, which knows what it has installed.
 */

/** What goes into an image, as far as it can be told without building it. Part of the release's manifest. */
export interface BuildInputs {
  readonly recipe: {
    /** 40 hex digits; for people. */
    readonly commit: string;
    /** SHA-256 over the names, modes and contents of the recipe's files. */
    readonly digest: string;
  };
  readonly builder: {
    readonly name: string;
    readonly version: string;
    /** Its package; absent in manifests of earlier times, like all that follows. */
    readonly package?: string | undefined;
    /** Whether the build host's image had it already. */
    readonly preinstalled?: boolean | undefined;
    /** Code name of the Debian release that the build host is. */
    readonly release?: string | undefined;
  };
  /** The image that the build host booted from: the builder's tools come from it. */
  readonly base?: { readonly name: string; readonly hash: string } | undefined;
  /** Per suite (`debian bookworm-updates`) the SHA-256 of its signed metadata (InRelease). */
  readonly repositories: Readonly<Record<string, string>>;
  /** Names of the regions that it goes to. */
  readonly regions?: readonly string[] | undefined;
  /** Name to version of everything that gets installed. */
  readonly packages?: Readonly<Record<string, string>> | undefined;
}

/** One package of an image: no `from`: it is new, no `to`: it is gone. */
export interface PackageChange {
  readonly name: string;
  readonly from?: string;
  readonly to?: string;
}

export interface ChangeVerdict {
  readonly changed: boolean;
  /** One line each; for an unchanged image, what was compared. */
  readonly reasons: readonly string[];
  /** Every package with another version, new, or gone, by name; of which `reasons` name the first few. */
  readonly packages: readonly PackageChange[];
}

/** Compares with the inputs of the last release; `undefined`: there was none. */
export function checkForChange(last: BuildInputs | undefined, now: BuildInputs): ChangeVerdict {
  if (!last) return { changed: true, reasons: ["there is no release of this image yet"], packages: [] };
  const packages = last.packages && now.packages ? packageChanges(last.packages, now.packages) : undefined;
  const reasons = [
    ...recipeReasons(last, now),
    ...builderReasons(last, now),
    ...baseReasons(last, now),
    ...regionReasons(last, now),
    // Repositories are signed anew without any change that matters to this image: the packages decide where known.
    ...(packages ? packageReasons(packages) : repositoryReasons(last.repositories, now.repositories)),
  ];
  const changed = reasons.length > 0;
  return { changed, reasons: changed ? reasons : [compared(last, now)], packages: packages ?? [] };
}

/** "libc6 2.36-9 → 2.36-10", "vim 9 (new)", "nano 7.2 (gone)" */
export function packageLine({ name, from, to }: PackageChange): string {
  if (from === undefined) return `${name} ${to ?? ""} (new)`;
  return to === undefined ? `${name} ${from} (gone)` : `${name} ${from} → ${to}`;
}

function recipeReasons(last: BuildInputs, now: BuildInputs): string[] {
  if (last.recipe.digest === now.recipe.digest) return [];
  return [`recipe: changed between commits ${last.recipe.commit.slice(0, 12)} and ${now.recipe.commit.slice(0, 12)}`];
}

function builderReasons({ builder: last }: BuildInputs, { builder: now }: BuildInputs): string[] {
  if (last.name === now.name && last.version === now.version) return [];
  return [`builder: ${last.name} ${last.version} → ${now.name} ${now.version}`];
}

function baseReasons({ base: last }: BuildInputs, { base: now }: BuildInputs): string[] {
  if (!last || !now || last.hash === now.hash) return [];
  return [`build host's image: ${last.name} ${last.hash.slice(0, 12)} → ${now.name} ${now.hash.slice(0, 12)}`];
}

/** An image is no worse for a region that it is still in. */
function regionReasons({ regions: last }: BuildInputs, { regions: now }: BuildInputs): string[] {
  if (!last || !now) return [];
  return now.filter((name) => !last.includes(name)).map((name) => `region ${name}: has no image of the last release`);
}

type Named = Readonly<Record<string, string>>;

function repositoryReasons(last: Named, now: Named): string[] {
  const { added, gone, other } = difference(last, now);
  return [
    ...other.map((suite) => `repository ${suite}: has new contents`),
    ...added.map((suite) => `repository ${suite}: is new`),
    ...gone.map((suite) => `repository ${suite}: is used no more`),
  ];
}

function packageChanges(last: Named, now: Named): PackageChange[] {
  const { added, gone, other } = difference(last, now);
  return [...other, ...added, ...gone].sort().map((name) => ({
    name,
    ...(Object.hasOwn(last, name) && { from: last[name] ?? "" }),
    ...(Object.hasOwn(now, name) && { to: now[name] ?? "" }),
  }));
}

function packageReasons(changes: readonly PackageChange[]): string[] {
  const updated = changes.filter(({ from, to }) => from !== undefined && to !== undefined).map(packageLine);
  const added = changes.filter(({ from }) => from === undefined).map(({ name }) => name);
  const gone = changes.filter(({ to }) => to === undefined).map(({ name }) => name);
  return [
    ...(updated.length > 0 ? [`packages: ${updated.length} with another version (${some(updated)})`] : []),
    ...(added.length > 0 ? [`packages: ${added.length} new (${some(added)})`] : []),
    ...(gone.length > 0 ? [`packages: ${gone.length} gone (${some(gone)})`] : []),
  ];
}

/** "recipe 1a2b3c4d5e6f, diskimage-builder 3.13.0 and 312 packages are those of the last release" */
function compared(last: BuildInputs, now: BuildInputs): string {
  const { added, gone, other } = difference(last.repositories, now.repositories);
  const anew = added.length + gone.length + other.length > 0 ? " (whose repositories were signed anew)" : "";
  const count = Object.keys(now.packages ?? {}).length;
  const parts = [
    `recipe ${now.recipe.digest.slice(0, 12)}`,
    `${now.builder.name} ${now.builder.version}`,
    ...(last.base && now.base ? [`build host's image ${now.base.hash.slice(0, 12)}`] : []),
  ];
  const contents = last.packages && now.packages ? `${count} packages${anew}` : "repositories";
  return `${parts.join(", ")} and ${contents} are those of the last release`;
}

const SHOWN = 5;

function some(items: readonly string[]): string {
  const shown = items.slice(0, SHOWN).join(", ");
  return items.length > SHOWN ? `${shown}, …` : shown;
}

interface Difference {
  readonly added: readonly string[];
  readonly gone: readonly string[];
  readonly other: readonly string[];
}

function difference(last: Named, now: Named): Difference {
  const before = Object.keys(last).sort();
  const after = Object.keys(now).sort();
  return {
    added: after.filter((name) => !Object.hasOwn(last, name)),
    gone: before.filter((name) => !Object.hasOwn(now, name)),
    other: after.filter((name) => Object.hasOwn(last, name) && last[name] !== now[name]),
  };
}
