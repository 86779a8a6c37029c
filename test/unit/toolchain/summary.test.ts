import { duration, jestCounts, jestFailures, summaryLine, table } from "../../../toolchain/lib/summary";

const results = {
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
};

test.each([
  ["all passed", results, true, "5 passed, 0 failed"],
  ["some failed", { ...results, numFailedTests: 2 }, false, "5 passed, 2 failed"],
  ["some skipped", { ...results, numPendingTests: 1 }, true, "5 passed, 0 failed, 1 skipped"],
  ["a file that does not load", { ...results, numRuntimeErrorTestSuites: 1 }, false, "5 passed, 1 failed"],
  ["no test at all", { ...results, numPassedTests: 0 }, true, "0 passed, 1 failed"],
  ["failed without a failed test", results, false, "5 passed, 1 failed"],
  ["no results", undefined, false, "0 passed, 1 failed"],
])("%s", (_, read, ok, line) => {
  expect(summaryLine([jestCounts(read, ok)])).toBe(line);
});

test("parts are summed", () => {
  const part = jestCounts(results, true);
  expect(summaryLine([part, part, { passed: 0, failed: 1, skipped: 2 }])).toBe("10 passed, 1 failed, 2 skipped");
});

test.each([
  [3.14, "3.1 s"],
  [59.94, "59.9 s"],
  [119.8, "2 min 0 s"],
  [725, "12 min 5 s"],
])("%d seconds", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test("a table has its columns aligned", () => {
  expect(
    table([
      ["part", "time"],
      ["unit", "3 s"],
      ["typecheck", ""],
    ]),
  ).toBe("part       time\nunit       3 s\ntypecheck  ");
});

test("what failed is told by name, and a file that does not load by its reason", () => {
  const file = (name: string, status: string, assertionResults: object[], message = ""): object => ({
    name: `/clone/test/${name}`,
    status,
    message,
    assertionResults,
  });
  const testResults = [
    file("good.test.ts", "passed", [{ status: "passed", fullName: "works" }]),
    file("bad.test.ts", "failed", [
      { status: "passed", fullName: "works" },
      { status: "failed", fullName: "a build ends" },
    ]),
    file(
      "broken.test.ts",
      "failed",
      [],
      "  ● Test suite failed to run\n\n    \u001b[31mOS_CLOUD is not set\u001b[39m\n",
    ),
  ];
  expect(jestFailures({ testResults }, "/clone")).toEqual([
    "test/bad.test.ts: a build ends",
    "test/broken.test.ts: OS_CLOUD is not set",
  ]);
  expect(jestFailures(undefined, "/clone")).toEqual([]);
});
