/** What stage 9 found out, in sections; JUnit, TAP and HTML are made from it. Pure. */
import { checksAt, imageCheck, type CheckPlace } from "../../model/image-checks";
import type { TestResult } from "./tap";

export interface CheckResult extends TestResult {
  /** Of the table of checks, or `tests/<file>` for one of the image's own. */
  readonly id: string;
  /** What it comes down to in one number, for trends over builds. */
  readonly measured?: number;
}

export interface Section {
  readonly place: CheckPlace;
  readonly title: string;
  readonly results: readonly CheckResult[];
  /** Why the section as a whole can't be trusted, or was not come to. */
  readonly problem?: string;
}

export interface TestReport {
  readonly image: string;
  readonly build: string;
  readonly imageId: string;
  /** ISO 8601 */
  readonly started: string;
  readonly finished: string;
  /** What the stage failed of; undefined: everything is well. */
  readonly failure?: { readonly failureClass: string; readonly message: string };
  readonly sections: readonly Section[];
  /** Files beside the report that say more. */
  readonly files: readonly string[];
}

export const SECTION_TITLES: Readonly<Record<CheckPlace, string>> = {
  audit: "Audits of the files, without a boot",
  boot: "First boot",
  instance: "Inside the instance",
  reboot: "After a restart",
};

export const failed = ({ ok, skipped }: TestResult): boolean => !ok && skipped === undefined;

/** All cases of a section; a problem of the section as a whole is one more, failed. */
export function casesOf({ place, results, problem }: Section): readonly CheckResult[] {
  if (problem === undefined) return results;
  return [...results, { id: `${place}-complete`, name: "the report is complete", ok: false, detail: problem }];
}

/** The numbers of these checks, by their ids; one that was skipped has none. */
export function measuredBy<K extends string>(
  results: readonly CheckResult[],
  ids: readonly K[],
): Partial<Record<K, number>> {
  const found = results.flatMap(({ id, measured }) =>
    measured !== undefined && (ids as readonly string[]).includes(id) ? [[id, measured] as const] : [],
  );
  return Object.fromEntries(found) as Partial<Record<K, number>>;
}

/** Whether what failed is hygiene; undefined: nothing failed. */
export function failureClassOf(results: readonly CheckResult[]): "hygiene" | "checks" | undefined {
  const ids = results.filter(failed).map(({ id }) => id);
  if (ids.length === 0) return undefined;
  return ids.some((id) => isHygiene(id)) ? "hygiene" : "checks";
}

function isHygiene(id: string): boolean {
  return !id.includes("/") && !id.endsWith("-complete") && imageCheck(id).hygiene === true;
}

/** "3 of 40 checks failed: "a", "b", "c"". */
export function failureText(results: readonly CheckResult[]): string {
  const names = results.filter(failed).map(({ name }) => `"${name}"`);
  const more = names.length > 5 ? `, and ${names.length - 5} more` : "";
  return `${names.length} of ${results.length} checks failed: ${names.slice(0, 5).join(", ")}${more}`;
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export function countsOf(results: readonly TestResult[]): Counts {
  const skipped = results.filter((result) => result.skipped !== undefined).length;
  const bad = results.filter(failed).length;
  return { passed: results.length - skipped - bad, failed: bad, skipped };
}

const PLACES: readonly CheckPlace[] = ["audit", "boot", "instance", "reboot"];

/** All sections, with what a failure kept from being looked at as skipped: no check is missing without a word. */
export function withUnreached(sections: readonly Section[], reason: string): Section[] {
  return PLACES.map((place) => {
    const section = sections.find((each) => each.place === place) ?? {
      place,
      title: SECTION_TITLES[place],
      results: [],
    };
    const seen = new Set(section.results.map(({ id }) => id));
    const rows: readonly { readonly id: string; readonly name: string }[] = checksAt(place);
    const unreached = rows
      .filter(({ id }) => !seen.has(id))
      .map(({ id, name }) => ({ id, name, ok: true, skipped: reason, detail: "" }));
    return { ...section, results: [...section.results, ...unreached] };
  });
}
