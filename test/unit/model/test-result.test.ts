import { testResult } from "../../../model/test-result";

const report = (cases: string, attributes = ""): string =>
  `<?xml version="1.0"?>\n<testsuites${attributes}><testsuite name="a">${cases}</testsuite></testsuites>\n`;
const PASSED = '<testcase name="a"/>';

test.each([
  ["one that passed", report(PASSED), { passed: 1, failed: 0, skipped: 0 }],
  [
    "one that was skipped",
    report(`${PASSED}<testcase name="b"><skipped message="no"/></testcase>`),
    { passed: 1, failed: 0, skipped: 1 },
  ],
  [
    "one that failed",
    report('<testcase name="a"><failure message="x">y</failure></testcase>'),
    { passed: 0, failed: 1, skipped: 0 },
  ],
  ["one that broke", report('<testcase name="a"><error/></testcase>'), { passed: 0, failed: 1, skipped: 0 }],
  [
    "a failure that the totals hide",
    report("<testcase><failure/></testcase>", ' failures="0"'),
    { passed: 0, failed: 1, skipped: 0 },
  ],
  ["a failure that only the totals tell", report(PASSED, ' failures="1"'), { passed: 0, failed: 1, skipped: 0 }],
  [
    "words in what a case has printed",
    report("<testcase><system-out><![CDATA[<failure>]]></system-out></testcase>"),
    { passed: 1, failed: 0, skipped: 0 },
  ],
])("%s is counted", (_, xml, result) => {
  expect(testResult(xml)).toEqual(result);
});

test.each(["", "ok", "<html></html>", report(PASSED).slice(0, 60)])("%j is no report", (xml) => {
  expect(() => testResult(xml)).toThrow("is no JUnit report");
});
