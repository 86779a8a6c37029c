import { HOST_STAGES, type StageName } from "../../../../model/stages";
import { leftOut, readyStages, type Progress } from "../../../../stages/lib/schedule";

const progress = (states: Partial<Record<StageName, Progress>>): Map<StageName, Progress> =>
  new Map(Object.entries(states) as [StageName, Progress][]);
const DONE_TO_BUILD = { checkout: "done", "configure-host": "done", prepare: "done", "build-image": "done" } as const;

test("begins with the first stage: what runs on the deployer is no matter of this host", () => {
  expect(readyStages(HOST_STAGES, progress({}))).toEqual(["checkout"]);
});

test("what does not depend on each other starts together", () => {
  expect(readyStages(HOST_STAGES, progress(DONE_TO_BUILD))).toEqual(["register", "hashdeep"]);
  const tested = { ...DONE_TO_BUILD, register: "done", hashdeep: "done", test: "done" } as const;
  expect(readyStages(HOST_STAGES, progress(tested))).toEqual(["sign", "distribute"]);
});

test("what runs or is done is not started again", () => {
  expect(readyStages(HOST_STAGES, progress({ ...DONE_TO_BUILD, register: "running", hashdeep: "done" }))).toEqual([]);
});

test("after a failure nothing starts, whatever its needs", () => {
  expect(readyStages(HOST_STAGES, progress({ ...DONE_TO_BUILD, register: "failed" }))).toEqual([]);
});

test("a build that ends early leaves out what waits, but not the tidying", () => {
  const left = leftOut(HOST_STAGES, progress({ checkout: "done" }), "clean-up");
  expect(left).toContain("build-image");
  expect(left).not.toContain("checkout");
  expect(left).not.toContain("clean-up");
  expect(left).toHaveLength(HOST_STAGES.length - 2);
});
