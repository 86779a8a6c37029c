import { spawnSync } from "node:child_process";
import { junitXml } from "../../../../stages/lib/junit";
import { reportHtml } from "../../../../stages/lib/report-html";
import {
  failureClassOf,
  failureText,
  measuredBy,
  SECTION_TITLES,
  withUnreached,
  type Section,
  type TestReport,
} from "../../../../stages/lib/test-report";

const AUDIT: Section = {
  place: "audit",
  title: SECTION_TITLES.audit,
  results: [
    {
      id: "passwords",
      name: "no account has a password",
      ok: false,
      seconds: 0.25,
      detail: "root has one\n<b>two</b>",
    },
    { id: "logs", name: "logs are empty", ok: true, seconds: 0.1, detail: "" },
    { id: "vulnerabilities", name: "no known hole", ok: true, skipped: "no data & no net", detail: "" },
  ],
};

const REPORT: TestReport = {
  image: "debian-12",
  build: "debian-12-202601010000-0a1b",
  imageId: "0000-1111",
  started: "2026-01-01T00:00:00.000Z",
  finished: "2026-01-01T00:04:00.000Z",
  failure: { failureClass: "hygiene", message: '1 of 3 checks failed: "no account has a password"' },
  sections: [
    AUDIT,
    { place: "instance", title: SECTION_TITLES.instance, results: [], problem: "the tests ended early" },
  ],
  files: ["console.log", "junit.xml"],
};

/** Whether a reader of XML takes it. */
function wellFormed(xml: string): { status: number | null; stderr: string } {
  const parse = "import sys, xml.dom.minidom as x; x.parseString(sys.stdin.buffer.read())";
  const { status, stderr } = spawnSync("python3", ["-c", parse], { input: xml, encoding: "utf8" });
  return { status, stderr };
}

test("JUnit: a suite for each section, with its counts and its build", () => {
  const xml = junitXml(REPORT);
  expect(wellFormed(xml)).toEqual({ status: 0, stderr: "" });
  expect(xml).toContain('<testsuites name="debian-12" tests="4" failures="2" errors="0" time="0.350">');
  expect(xml).toContain('<testsuite name="debian-12.audit" timestamp="2026-01-01T00:00:00"');
  expect(xml).toContain('<failure message="root has one">root has one\n&lt;b&gt;two&lt;/b&gt;</failure>');
  expect(xml).toContain('<skipped message="no data &amp; no net"/>');
});

test("JUnit: an incomplete section is a failed case of its own", () => {
  expect(junitXml(REPORT)).toContain(
    'name="the report is complete" time="0.000"><failure message="the tests ended early">',
  );
});

test("JUnit: control characters of a console do not break the XML", () => {
  const detail = "\u001b[31mred\u0000";
  const xml = junitXml({ ...REPORT, sections: [{ ...AUDIT, results: [{ id: "a", name: "a", ok: false, detail }] }] });
  expect(wellFormed(xml).status).toBe(0);
  expect(xml).toContain("[31mred</failure>");
});

test("HTML: says what failed first, holds what was said as text, loads and runs nothing", () => {
  const html = reportHtml(REPORT);
  expect(html).toMatch(/^<!DOCTYPE html>\n<html lang="en">/);
  expect(html).toContain("<title>debian-12-202601010000-0a1b: tests failed</title>");
  expect(html).toContain("hygiene: 1 of 3 checks failed");
  expect(html).toContain("&lt;b&gt;two&lt;/b&gt;");
  expect(html.indexOf("What failed")).toBeLessThan(html.indexOf("<table>"));
  expect(html).not.toMatch(/<script|<link|<img|src=|url\(|https?:/);
  expect(html).toContain('<a href="console.log">');
});

test("HTML: every table has a caption and headers, every state is a word", () => {
  const html = reportHtml(REPORT);
  const count = (pattern: RegExp): number => [...html.matchAll(pattern)].length;
  expect(count(/<table>/g)).toBe(2);
  expect(count(/<caption>/g)).toBe(2);
  expect(count(/<th scope="col">/g)).toBe(6);
  expect(count(/<th scope="row">/g)).toBe(4);
  expect(count(/<td class="(passed|failed|skipped)">\1<\/td>/g)).toBe(4);
});

test("HTML: is well-formed but for the few elements that have no end", () => {
  const body = reportHtml(REPORT)
    .replace(/^<!DOCTYPE html>/, "")
    .replace(/<(meta [^>]*|br)>/g, "");
  expect(wellFormed(body)).toEqual({ status: 0, stderr: "" });
});

test("a report of an image that nothing is wrong with says so", () => {
  const { failure, ...rest } = REPORT;
  expect(failure).toBeDefined();
  const html = reportHtml({ ...rest, sections: [{ ...AUDIT, results: AUDIT.results.slice(1) }] });
  expect(html).toContain('<span class="passed">passed</span>');
  expect(html).not.toContain("What failed");
});

test("what was not come to is skipped, and no check is missing without a word", () => {
  const sections = withUnreached([AUDIT], "not come to");
  expect(sections.map(({ place }) => place)).toEqual(["audit", "boot", "instance", "reboot"]);
  expect(sections[0]?.results.slice(0, 3)).toEqual(AUDIT.results);
  const rest = sections.flatMap(({ results }) => results).slice(3);
  expect(rest.every(({ skipped }) => skipped === "not come to")).toBe(true);
  expect(rest.map(({ id }) => id)).toContain("reboot");
});

test.each([
  [["logs", "room"], "hygiene"],
  [["room"], "checks"],
  [["tests/tools"], "checks"],
  [["instance-complete"], "checks"],
  [[], undefined],
])("failed %j is of the class %s", (ids, expected) => {
  expect(failureClassOf(ids.map((id) => ({ id, name: id, ok: false, detail: "" })))).toBe(expected);
});

test("a failure names the first five", () => {
  const results = ["a", "b", "c", "d", "e", "f"].map((id) => ({ id, name: id, ok: false, detail: "" }));
  expect(failureText(results)).toBe('6 of 6 checks failed: "a", "b", "c", "d", "e", and 1 more');
});

test("what checks come down to in a number is told by their ids; one that was skipped has none", () => {
  const lynis = { id: "lynis", name: "hardened", ok: true, detail: "", measured: 71 };
  const other = { id: "room", name: "room", ok: true, detail: "", measured: 5 };
  expect(measuredBy([...AUDIT.results, lynis, other], ["lynis", "vulnerabilities"])).toEqual({ lynis: 71 });
});
