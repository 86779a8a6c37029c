import { parseTap, tapText } from "../../../../stages/lib/tap";

const TAP = `TAP version 13
ok 1 - names resolve # time=1.250s
# 10.0.0.1
not ok 2 - no unit has failed # time=0.5s
# foo.service loaded failed
# bar.service <loaded> failed
ok 3 - swap # SKIP none wanted
1..3
`;

test("reads results, what they say and how long they took", () => {
  const { results, problem } = parseTap(TAP);
  expect(problem).toBeUndefined();
  expect(results).toEqual([
    { name: "names resolve", ok: true, seconds: 1.25, detail: "10.0.0.1\n" },
    {
      name: "no unit has failed",
      ok: false,
      seconds: 0.5,
      detail: "foo.service loaded failed\nbar.service <loaded> failed\n",
    },
    { name: "swap", ok: true, skipped: "none wanted", detail: "" },
  ]);
});

test.each([
  ["ok 1 - a\n", "the tests ended early: 1 results, and no plan"],
  ["1..2\nok 1 - a\n", "2 tests were planned, 1 reported"],
  ["1..1\nok 1 - a\nBail out! disk full\n", "Bail out! disk full"],
])("a report that is not whole is a problem: %j", (text, problem) => {
  expect(parseTap(text).problem).toBe(problem);
});

test("a skip's reason is not its time", () => {
  const { results } = parseTap("ok 1 - ipv6 # SKIP no such subnet time=0.100s\nok 2 - b # SKIP\n1..2\n");
  expect(results.map(({ skipped, seconds }) => [skipped, seconds])).toEqual([
    ["no such subnet", 0.1],
    ["no reason given", undefined],
  ]);
});

test("what is written is read as it was", () => {
  const { results } = parseTap(TAP);
  const again = parseTap(tapText(results));
  expect(again.problem).toBeUndefined();
  expect(again.results).toEqual(results.map((result) => ({ seconds: 0, ...result })));
});
