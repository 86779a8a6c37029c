import { junitXml } from "../../../../stages/lib/junit";
import { parseTap } from "../../../../stages/lib/tap";

const TAP = `TAP version 13
ok 1 - names resolve # time=1.250s
# 10.0.0.1
not ok 2 - no unit has failed # time=0.5s
# foo.service loaded failed
# bar.service <loaded> failed
ok 3 - swap # SKIP none wanted
1..3
`;
const SUITE = { name: "debian-12", started: "2026-01-01T00:00:00.000Z", properties: { build: "b", seconds: 80 } };

test("reads results, what they say and how long they took", () => {
  const { results, problem } = parseTap(TAP);
  expect(problem).toBeUndefined();
  expect(results).toEqual([
    { name: "names resolve", ok: true, skipped: false, seconds: 1.25, detail: "10.0.0.1\n" },
    {
      name: "no unit has failed",
      ok: false,
      skipped: false,
      seconds: 0.5,
      detail: "foo.service loaded failed\nbar.service <loaded> failed\n",
    },
    { name: "swap", ok: true, skipped: true, detail: "" },
  ]);
});

test.each([
  ["ok 1 - a\n", "the tests ended early: 1 results, and no plan"],
  ["1..2\nok 1 - a\n", "2 tests were planned, 1 reported"],
  ["1..1\nok 1 - a\nBail out! disk full\n", "Bail out! disk full"],
])("a report that is not whole is a problem: %j", (text, problem) => {
  expect(parseTap(text).problem).toBe(problem);
});

test("writes JUnit XML that an XML reader takes, with the counts", () => {
  const xml = junitXml(SUITE, parseTap(TAP));
  expect(xml).toContain(
    '<testsuite name="debian-12" timestamp="2026-01-01T00:00:00" errors="0" tests="3" failures="1"',
  );
  expect(xml).toContain(
    '<failure message="foo.service loaded failed">foo.service loaded failed\nbar.service &lt;loaded&gt;',
  );
  expect(xml).toContain("<skipped/>");
});

test("an incomplete report is a failed case of its own", () => {
  const xml = junitXml(SUITE, parseTap("ok 1 - a\n"));
  expect(xml).toContain('tests="2" failures="1"');
  expect(xml).toContain("the tests ended early");
});

test("control characters of a console do not break the XML", () => {
  const xml = junitXml(SUITE, parseTap("not ok 1 - a\n# \u001b[31mred\u0000\n1..1\n"));
  expect(xml).toContain("[31mred</failure>");
  expect([...xml].filter((char) => char < " " && char !== "\n")).toEqual([]);
});
