import { judge, vulnerabilitiesOf, type SecurityTracker, type Vulnerability } from "../../../model/vulnerabilities";

const compare = (a: string, b: string): number => Number(a) - Number(b);
const bookworm = (state: object): { releases: Record<string, object> } => ({ releases: { bookworm: state } });

const TRACKER: SecurityTracker = {
  openssl: {
    "CVE-1": bookworm({ status: "resolved", fixed_version: "3", urgency: "high" }),
    "CVE-2": bookworm({ status: "resolved", fixed_version: "2", urgency: "high" }),
    "CVE-3": bookworm({ status: "open", urgency: "low" }),
    "CVE-4": bookworm({ status: "resolved", fixed_version: "0", urgency: "high" }),
    "CVE-5": { releases: { trixie: { status: "open", urgency: "high" } } },
    "CVE-6": bookworm({ status: "resolved", fixed_version: "9", urgency: "not yet assigned" }),
  },
};

const found = vulnerabilitiesOf(TRACKER, "bookworm", [{ source: "openssl", version: "2" }], compare);

test("holes that the installed version has in this release, the gravest first", () => {
  expect(found).toEqual([
    { id: "CVE-1", source: "openssl", installed: "2", severity: "high", fixed: "3" },
    { id: "CVE-6", source: "openssl", installed: "2", severity: "medium", fixed: "9" },
    { id: "CVE-3", source: "openssl", installed: "2", severity: "low" },
  ]);
});

test("a source that several packages come from counts once", () => {
  const twice = [
    { source: "openssl", version: "2" },
    { source: "openssl", version: "2" },
  ];
  expect(vulnerabilitiesOf(TRACKER, "bookworm", twice, compare)).toHaveLength(3);
});

const ids = (holes: readonly Vulnerability[]): string[] => holes.map(({ id }) => id);

test.each([
  ["none", []],
  ["high", ["CVE-1"]],
  ["medium", ["CVE-1", "CVE-6"]],
  ["low", ["CVE-1", "CVE-6"]],
  ["critical", []],
] as const)("failOn %s: what has no newer package fails nothing", (failOn, failing) => {
  expect(ids(judge(found, { failOn }, "2026-01-01").failing)).toEqual(failing);
});

test("a tolerated hole does not count until its day is over", () => {
  const ignore = [{ id: "CVE-1", reason: "not reachable", until: "2026-06-30" }];
  const on = (day: string) => judge(found, { failOn: "high", ignore }, day);
  expect(on("2026-06-30")).toMatchObject({ failing: [], tolerated: [{ id: "CVE-1", reason: "not reachable" }] });
  expect(ids(on("2026-07-01").failing)).toEqual(["CVE-1"]);
});
