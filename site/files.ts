/** A release's files, sorted by what they are for. */
import type { Release } from "../model/catalogue";

interface Group {
  readonly title: string;
  readonly holds: (path: string) => boolean;
}

type Artefacts = Release["artefacts"];

/** The first group that holds a file gets it; what none holds comes last. */
const GROUPS: readonly Group[] = [
  { title: "Image", holds: (path) => /\.(qcow2|raw|vmdk|vhd)$/.test(path) },
  {
    title: "Sums and keys",
    holds: (path) =>
      /^SHA\d+SUMS|^signing-key\.|^image-signing\.|\.hashdeep$|\.qcow2\.(asc|sig)$|\.raw\.(asc|sig)$/.test(path),
  },
  { title: "What is in it", holds: (path) => /^(packages|sbom|changes)\b/.test(path) },
  { title: "How it was made", holds: (path) => /^(provenance|logs\/|build-manifest|publish-request)/.test(path) },
  { title: "Tests", holds: (path) => path.startsWith("test/") },
];

export interface FileGroup {
  readonly title: string;
  readonly files: Artefacts;
}

/** Groups that hold something. Signatures of single files are left out where the sums cover them all the same. */
export function fileGroups(artefacts: Artefacts): readonly FileGroup[] {
  const shown = artefacts.filter(({ path }) => !isPlainSignature(path));
  const groupOf = (path: string): Group | undefined => GROUPS.find(({ holds }) => holds(path));
  const groups = GROUPS.map((group) => ({
    title: group.title,
    files: shown.filter(({ path }) => groupOf(path) === group),
  }));
  const others = { title: "Other", files: shown.filter(({ path }) => groupOf(path) === undefined) };
  return [...groups, others].filter(({ files }) => files.length > 0);
}

const isPlainSignature = (path: string): boolean =>
  path.endsWith(".asc") && !/\.(qcow2|raw)\.asc$|^SHA\d+SUMS|^signing-key/.test(path);

/** Whether a release has a file. */
export const hasFile = ({ artefacts }: Pick<Release, "artefacts">, path: string): boolean =>
  artefacts.some((artefact) => artefact.path === path);
