/** What is new in an image since its last release, for those who use it. Pure. */
import type { BuildManifest } from "./build-manifest";

type Versions = Readonly<Record<string, string>>;

/** An image as far as changes are told. */
export interface ChangedImage {
  readonly build: string;
  /** 40 hex digits. */
  readonly commit: string;
  /** Of the recipe's files. */
  readonly recipeDigest: string;
  readonly builder: { readonly name: string; readonly version: string };
  readonly packages: Versions;
  /** Bytes of the qcow2, and of the disk in it. */
  readonly size: number;
  readonly virtualSize: number;
}

export interface NamedVersion {
  readonly name: string;
  readonly version: string;
}

export interface UpdatedPackage {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** The document changes.json. */
export interface Changes {
  readonly version: 1;
  readonly image: string;
  readonly build: string;
  /** The release that it is compared with; null: there was none. */
  readonly since: { readonly build: string; readonly finished: string } | null;
  readonly recipe: { readonly from: string | null; readonly to: string; readonly changed: boolean };
  readonly builder: { readonly from: string | null; readonly to: string };
  readonly packages: {
    readonly total: number;
    readonly added: readonly NamedVersion[];
    readonly gone: readonly NamedVersion[];
    readonly updated: readonly UpdatedPackage[];
  };
  /** Bytes. */
  readonly size: { readonly from: number | null; readonly to: number };
  readonly virtualSize: { readonly from: number | null; readonly to: number };
}

/** Compares an image with the manifest of its last release. Without one everything is told by its number alone. */
export function changesSince(last: BuildManifest | undefined, image: string, now: ChangedImage): Changes {
  const before = last?.inputs.packages;
  const names = Object.keys(now.packages).sort();
  const version = (of: Versions, name: string): string => of[name] ?? "";
  return {
    version: 1,
    image,
    build: now.build,
    since: last ? { build: last.build, finished: last.finished } : null,
    recipe: {
      from: last?.inputs.recipe.commit ?? null,
      to: now.commit,
      changed: last !== undefined && last.inputs.recipe.digest !== now.recipeDigest,
    },
    builder: { from: last ? builderText(last.inputs.builder) : null, to: builderText(now.builder) },
    packages: {
      total: names.length,
      // A release without a list of packages is one that nothing can be compared with.
      added: before
        ? names
            .filter((name) => !Object.hasOwn(before, name))
            .map((name) => ({ name, version: version(now.packages, name) }))
        : [],
      gone: before
        ? Object.keys(before)
            .sort()
            .filter((name) => !Object.hasOwn(now.packages, name))
            .map((name) => ({ name, version: version(before, name) }))
        : [],
      updated: before
        ? names
            .filter((name) => Object.hasOwn(before, name) && before[name] !== now.packages[name])
            .map((name) => ({ name, from: version(before, name), to: version(now.packages, name) }))
        : [],
    },
    size: { from: last?.output.size ?? null, to: now.size },
    virtualSize: { from: last?.output.virtualSize ?? null, to: now.virtualSize },
  };
}

const builderText = ({ name, version }: ChangedImage["builder"]): string => `${name} ${version}`;

/** Numbers for one line: `3 updated, 1 new, 0 gone`; undefined when there was no release. */
export function changesLine({ since, packages }: Changes): string | undefined {
  if (!since) return undefined;
  const { updated, added, gone } = packages;
  return `${updated.length} updated, ${added.length} new, ${gone.length} gone since ${since.build}`;
}

/** The change log as people read it: Markdown. */
export function changesText(changes: Changes): string {
  const { image, build, since, recipe, builder, packages, size, virtualSize } = changes;
  const head = `# ${image}: ${build}\n`;
  if (!since) return `${head}\nThe first release: ${packages.total} packages, ${mebibytes(size.to)}.\n`;
  const facts = [
    `- recipe: ${recipe.changed ? `commit ${short(recipe.from)} → ${short(recipe.to)}` : "unchanged"}`,
    `- builder: ${builder.from === builder.to ? builder.to : `${builder.from ?? "none"} → ${builder.to}`}`,
    `- packages: ${packages.total}`,
    `- size: ${sizeText(size)}; disk ${sizeText(virtualSize)}`,
  ];
  const updated = packages.updated.map(({ name, from, to }) => `| ${name} | ${from} | ${to} |`);
  const sections = [
    table(`Updated (${updated.length})`, updated, "| package | from | to |\n| --- | --- | --- |"),
    listOf("New", packages.added),
    listOf("Gone", packages.gone),
  ];
  return `${head}\nSince ${since.build} (${since.finished.slice(0, 10)}):\n\n${facts.join("\n")}\n${sections.join("")}`;
}

const short = (commit: string | null): string => commit?.slice(0, 12) ?? "none";
const mebibytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;

function sizeText({ from, to }: Changes["size"]): string {
  if (from === null || from === to) return mebibytes(to);
  return `${mebibytes(from)} → ${mebibytes(to)} (${to > from ? "+" : "−"}${mebibytes(Math.abs(to - from))})`;
}

function table(title: string, rows: readonly string[], header: string): string {
  return rows.length === 0 ? "" : `\n## ${title}\n\n${header}\n${rows.join("\n")}\n`;
}

function listOf(title: string, packages: readonly NamedVersion[]): string {
  if (packages.length === 0) return "";
  const lines = packages.map(({ name, version }) => `- ${name} ${version}`);
  return `\n## ${title} (${packages.length})\n\n${lines.join("\n")}\n`;
}
