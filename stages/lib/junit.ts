/** JUnit XML of a test run, as Jenkins reads it. Pure. */
import type { TapReport, TestResult } from "./tap";

export interface Suite {
  readonly name: string;
  /** ISO 8601 */
  readonly started: string;
  readonly properties: Readonly<Record<string, string | number>>;
}

/** The report as one test suite; a problem of the report as a whole is one more failed case. */
export function junitXml(suite: Suite, report: TapReport): string {
  const { problem } = report;
  const whole =
    problem === undefined ? [] : [{ name: "the report is complete", ok: false, skipped: false, detail: problem }];
  const cases: readonly TestResult[] = [...report.results, ...whole];
  const counts = {
    tests: cases.length,
    failures: cases.filter((each) => !each.ok && !each.skipped).length,
    skipped: cases.filter((each) => each.skipped).length,
    time: cases.reduce((sum, each) => sum + (each.seconds ?? 0), 0).toFixed(3),
  };
  const properties = Object.entries(suite.properties).map(
    ([name, value]) => `    <property${attributes({ name, value })}/>`,
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite${attributes({ name: suite.name, timestamp: suite.started.replace(/\.\d+Z$/, ""), errors: 0, ...counts })}>`,
    "  <properties>",
    ...properties,
    "  </properties>",
    ...cases.flatMap((each) => testCase(suite.name, each)),
    "</testsuite>",
    "",
  ].join("\n");
}

function testCase(className: string, { name, ok, skipped, seconds, detail }: TestResult): string[] {
  const open = `  <testcase${attributes({ classname: className, name, time: (seconds ?? 0).toFixed(3) })}`;
  if (skipped) return [`${open}><skipped/></testcase>`];
  const said = detail.trim();
  if (ok) return said === "" ? [`${open}/>`] : [`${open}><system-out>${escape(said)}</system-out></testcase>`];
  const message = said.split("\n")[0] ?? "";
  return [`${open}><failure${attributes({ message })}>${escape(said)}</failure></testcase>`];
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escape(String(value))}"`)
    .join("");
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** Escapes markup and drops what XML 1.0 cannot hold (control characters of a console). */
function escape(text: string): string {
  return text.replace(FORBIDDEN, "").replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char);
}
