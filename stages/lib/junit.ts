/** JUnit XML of a test report, as Jenkins reads it: a test suite for each section. Pure. */
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
  if (ok) return said === "" ? `${open}/>` : `${open}><system-out>${escape(said)}</system-out></testcase>`;
  const message = said.split("\n")[0] ?? "";
  return `${open}><failure${attributes({ message })}>${escape(said)}</failure></testcase>`;
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escape(String(value))}"`)
    .join("");
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** Escapes markup and drops what XML 1.0 (and HTML) cannot hold: control characters of a console. */
export function escape(text: string): string {
  return text.replace(FORBIDDEN, "").replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char);
}
