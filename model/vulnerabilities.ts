/** What Debian's security tracker says of an image's packages. Pure. */
import { SEVERITIES, type Severity } from "./image/severity";

/** security-tracker.debian.org/tracker/data/json: source package → CVE → release → state. */
export type SecurityTracker = Readonly<Record<string, Readonly<Record<string, TrackedHole>>>>;

interface TrackedHole {
  readonly releases?: Readonly<Record<string, TrackedRelease>>;
}

interface TrackedRelease {
  readonly status?: string;
  /** The first version without the hole; "0": this release never had it. */
  readonly fixed_version?: string;
  readonly urgency?: string;
  /** Why no advisory will come; "" or absent: one may. */
  readonly nodsa_reason?: string;
}

/** Debian's words. What has no urgency yet is taken seriously until somebody has looked at it. */
const URGENCY: Readonly<Record<string, Severity>> = {
  unimportant: "none",
  low: "low",
  medium: "medium",
  high: "high",
  "not yet assigned": "medium",
  "end-of-life": "high",
};

export interface InstalledSource {
  readonly source: string;
  readonly version: string;
}

export interface Vulnerability {
  /** CVE-… */
  readonly id: string;
  readonly source: string;
  readonly installed: string;
  /** The version that closes it; undefined: there is none yet. */
  readonly fixed?: string;
  readonly severity: Severity;
}

export interface ToleratedHole {
  readonly id: string;
  readonly reason: string;
  /** YYYY-MM-DD: counts again from the day after. */
  readonly until?: string | undefined;
}

export type CompareVersions = (a: string, b: string) => number;

/** Every hole of the release that the installed versions have, the gravest first. */
export function vulnerabilitiesOf(
  tracker: SecurityTracker,
  codename: string,
  installed: readonly InstalledSource[],
  compare: CompareVersions,
): Vulnerability[] {
  const unique = new Map(installed.map((one) => [`${one.source} ${one.version}`, one]));
  return [...unique.values()]
    .flatMap(({ source, version }) =>
      Object.entries(tracker[source] ?? {}).flatMap(([id, { releases }]) => {
        const state = releases?.[codename];
        const found = state && holeOf(state, version, compare);
        return found ? [{ id, source, installed: version, ...found }] : [];
      }),
    )
    .sort((a, b) => rank(b.severity) - rank(a.severity) || order(a.source, b.source) || order(a.id, b.id));
}

function holeOf(
  { status, fixed_version: fixed, urgency = "" }: TrackedRelease,
  version: string,
  compare: CompareVersions,
): Pick<Vulnerability, "fixed" | "severity"> | undefined {
  const severity = URGENCY[urgency.replace(/\*+$/, "")] ?? "medium";
  if (status === "open") return { severity };
  if (status !== "resolved" || fixed === undefined || fixed === "0") return undefined;
  return compare(version, fixed) < 0 ? { severity, fixed } : undefined;
}

const rank = (severity: Severity): number => SEVERITIES.indexOf(severity);
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export interface Judgement {
  /** A newer package closes them, they are grave enough, and nobody tolerates them. */
  readonly failing: readonly Vulnerability[];
  /** With the reason of the image's owner. */
  readonly tolerated: readonly (Vulnerability & { readonly reason: string })[];
  readonly others: readonly Vulnerability[];
}

/**
 * Which of them fail the image. A hole without a fix fails nothing: no image could be built until there is one.
 * @param day YYYY-MM-DD, today
 */
export function judge(
  found: readonly Vulnerability[],
  { failOn, ignore = [] }: { readonly failOn: Severity; readonly ignore?: readonly ToleratedHole[] | undefined },
  day: string,
): Judgement {
  const toleration = (id: string): ToleratedHole | undefined =>
    ignore.find((each) => each.id === id && (each.until === undefined || day <= each.until));
  const grave = ({ severity, fixed }: Vulnerability): boolean =>
    failOn !== "none" && fixed !== undefined && rank(severity) >= rank(failOn);
  return {
    failing: found.filter((each) => grave(each) && !toleration(each.id)),
    tolerated: found.flatMap((each) => {
      const { reason } = toleration(each.id) ?? {};
      return grave(each) && reason !== undefined ? [{ ...each, reason }] : [];
    }),
    others: found.filter((each) => !grave(each)),
  };
}
