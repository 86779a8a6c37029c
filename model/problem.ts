/** What is wrong with a file that a user wrote: one line each, all of them at once. */

export interface Problem {
  readonly file: string;
  /** From 1. */
  readonly line?: number | undefined;
  /** `network.sshFrom[0]`; empty for the file as a whole. */
  readonly path: string;
  /** What stands there; left out when that may be a secret. */
  readonly value?: unknown;
  /** What is wrong with it: "is no IPv4 network". */
  readonly message: string;
  readonly remedy: string;
}

/** `factory.yaml:12: network.cidr: "10.0.0.0/33" is no IPv4 network; write it as 10.60.0.0/24` */
export function formatProblem({ file, line, path, value, message, remedy }: Problem): string {
  const where = line === undefined ? file : `${file}:${line}`;
  const what = value === undefined ? message : `${shown(value)} ${message}`;
  return `${where}: ${path === "" ? "" : `${path}: `}${what}; ${remedy}`;
}

const LONGEST_VALUE = 60;

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}

/** By line: a file's reader goes from top to bottom. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

export type Path = readonly (string | number)[];

/** `["network", "sshFrom", 0]` → `network.sshFrom[0]` */
export function formatPath(path: Path): string {
  return path.map((key, index) => (typeof key === "number" ? `[${key}]` : index === 0 ? key : `.${key}`)).join("");
}

/** The word of a list that was probably meant, or undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replace(/[-_ ]/g, "");
  const ranked = known
    .map((candidate) => ({ candidate, distance: distance(plain(word), plain(candidate)) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best && best.distance <= Math.ceil(word.length / 3) ? best.candidate : undefined;
}

/** How many letters have to be put in, taken out or changed. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const change = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
