/** What an audit of an image's files is: a look at the mounted tree that says what is wrong. */
import type { BuildPlan } from "../../model/plan";
import type { SecurityTracker } from "../../model/vulnerabilities";
import type { ImageTree } from "./image-tree";
import type { Versions } from "./package-index";

/** The tracker's data, or in one line why there is none. */
export type TrackerAnswer = { readonly data: SecurityTracker } | { readonly unavailable: string };

export interface AuditContext {
  readonly plan: Pick<BuildPlan, "image" | "mirrors" | "build">;
  readonly tree: ImageTree;
  /** The raw disk that the tree is mounted from, and where its root file system begins, bytes. */
  readonly raw: string;
  readonly offset: number;
  /** The newest version that the image's repositories offer of each name; asked once for all audits. */
  readonly offered: (names: readonly string[]) => Promise<Versions>;
  readonly tracker: () => Promise<TrackerAnswer>;
  /** A directory for files of the audit's own; lies outside of the tree. */
  readonly work: string;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

export interface Finding {
  readonly ok: boolean;
  /** It could not be looked at, and why; `ok` means nothing then. */
  readonly skipped?: string;
  /** What was found, a line each. */
  readonly lines: readonly string[];
  /** What it comes down to in one number, for trends over builds. */
  readonly measured?: number;
}

export type Audit = (context: AuditContext) => Promise<Finding>;

/** How many lines of one finding are told; a broken image may have thousands. */
const TOLD = 40;

/** Well when the list is empty; `about` is told in both cases. */
export function noneOf(problems: readonly string[], about: readonly string[] = []): Finding {
  return { ok: problems.length === 0, lines: [...shortened(problems), ...about] };
}

export const skipped = (reason: string): Finding => ({ ok: true, skipped: reason, lines: [] });

export function shortened(lines: readonly string[]): readonly string[] {
  if (lines.length <= TOLD) return lines;
  return [...lines.slice(0, TOLD), `… and ${lines.length - TOLD} more`];
}
