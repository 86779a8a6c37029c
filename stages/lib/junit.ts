/** JUnit XML of a test report, as Jenkins reads it: a test suite for each section. Pure. */
import { escapeMarkup } from "../../model/markup";
import { casesOf, countsOf, type CheckResult, type Section, type TestReport } from "./test-report";

/** The whole report; a stage that failed before any check could fail is a failed case of the section it was in. */
export function junitXml(report: TestReport): string {
  const all = report.sections.flatMap((section) => casesOf(section));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: report.image, ...totals(all) })}>`,
    ...report.sections.flatMap((section) => suite(report, section)),
    "</testsuites>",
    "",
  ].join("\n");
}

function totals(cases: readonly CheckResult[]): Record<string, string | number> {
  const time = cases.reduce((sum, each) => sum + (each.seconds ?? 0), 0).toFixed(3);
  return { tests: cases.length, failures: countsOf(cases).failed, errors: 0, time };
}

function suite({ image, build, imageId, started }: TestReport, section: Section): string[] {
  const cases = casesOf(section);
  const name = `${image}.${section.place}`;
  const about = { name, timestamp: started.replace(/\.\d+Z$/, ""), hostname: build, ...totals(cases) };
  return [
    `  <testsuite${attributes({ ...about, skipped: countsOf(cases).skipped })}>`,
    "    <properties>",
    ...Object.entries({ build, imageId }).map(([key, value]) => `      <property${attributes({ name: key, value })}/>`),
    "    </properties>",
    ...cases.map((each) => testCase(name, each)),
    "  </testsuite>",
  ];
}

function testCase(className: string, { name, ok, skipped, seconds, detail }: CheckResult): string {
  const open = `    <testcase${attributes({ classname: className, name, time: (seconds ?? 0).toFixed(3) })}`;
  if (skipped !== undefined) return `${open}><skipped${attributes({ message: skipped })}/></testcase>`;
  const said = detail.trim();
  if (ok) return said === "" ? `${open}/>` : `${open}><system-out>${escapeMarkup(said)}</system-out></testcase>`;
  const message = said.split("\n")[0] ?? "";
  return `${open}><failure${attributes({ message })}>${escapeMarkup(said)}</failure></testcase>`;
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeMarkup(String(value))}"`)
    .join("");
}
