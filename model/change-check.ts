/**
 * Has anything changed since the last release that would make the image another one? Two levels: before anything is
 * created from recipe, builder and repositories; on the build host also from the packages that would be installed.
 */

/** What goes into an image, as far as it can be told without building it. Part of the release's manifest. */
export interface BuildInputs {
  readonly recipe: {
    /** 40 hex digits; for people. */
    readonly commit: string;
    /** SHA-256 over the names, modes and contents of the recipe's files. */
    readonly digest: string;
  };
  readonly builder: { readonly name: string; readonly version: string };
  /** Per suite (`debian bookworm-updates`) the SHA-256 of its signed metadata (InRelease). */
  readonly repositories: Readonly<Record<string, string>>;
  /** Name to version of everything that gets installed; known on the build host only. */
  readonly packages?: Readonly<Record<string, string>> | undefined;
}

export interface ChangeVerdict {
  readonly changed: boolean;
  /** One line each; for an unchanged image, what was compared. */
  readonly reasons: readonly string[];
}

/** Compares with the inputs of the last release; `undefined`: there was none. */
export function checkForChange(last: BuildInputs | undefined, now: BuildInputs): ChangeVerdict {
  if (!last) return { changed: true, reasons: ["there is no release of this image yet"] };
  const reasons = [
    ...recipeReasons(last, now),
    ...builderReasons(last, now),
    // Repositories are signed anew without any change that matters to this image: the packages decide where known.
    ...(last.packages && now.packages
      ? packageReasons(last.packages, now.packages)
      : repositoryReasons(last.repositories, now.repositories)),
  ];
  if (reasons.length > 0) return { changed: true, reasons };
  const compared = last.packages && now.packages ? "packages" : "repositories";
  return { changed: false, reasons: [`recipe, builder and ${compared} are those of the last release`] };
}

function recipeReasons(last: BuildInputs, now: BuildInputs): string[] {
  if (last.recipe.digest === now.recipe.digest) return [];
  return [`recipe: changed between commits ${last.recipe.commit.slice(0, 12)} and ${now.recipe.commit.slice(0, 12)}`];
}

function builderReasons({ builder: last }: BuildInputs, { builder: now }: BuildInputs): string[] {
  if (last.name === now.name && last.version === now.version) return [];
  return [`builder: ${last.name} ${last.version} → ${now.name} ${now.version}`];
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

function packageReasons(last: Named, now: Named): string[] {
  const { added, gone, other } = difference(last, now);
  const updates = other.map((name) => `${name} ${last[name] ?? ""} → ${now[name] ?? ""}`);
  return [
    ...(updates.length > 0 ? [`packages: ${updates.length} with another version (${some(updates)})`] : []),
    ...(added.length > 0 ? [`packages: ${added.length} new (${some(added)})`] : []),
    ...(gone.length > 0 ? [`packages: ${gone.length} gone (${some(gone)})`] : []),
  ];
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
