import type { StageStatus } from "../../../model/events";
import {
  isAgain,
  isWhole,
  missingNeeds,
  parseSelection,
  reachesEnd,
  selectionEnvironment,
  selectionFrom,
  selectionText,
  stageRoles,
  WHOLE,
  type SelectionWords,
  type StageRole,
} from "../../../model/stage-selection";
import { HOST_STAGES, STAGES, type StageName } from "../../../model/stages";

const withRole = (words: SelectionWords, role: StageRole): StageName[] =>
  [...stageRoles(parseSelection(words))].filter(([, one]) => one === role).map(([name]) => name);

test("without a selection every stage of the host runs as needed", () => {
  expect([...stageRoles(WHOLE).values()]).toEqual(HOST_STAGES.map(() => "as needed"));
  expect([isWhole(WHOLE), isAgain(WHOLE), reachesEnd(WHOLE), selectionText(WHOLE)]).toEqual([true, false, true, ""]);
});

test("until a stage: it and what it needs, what stands beside it is left out", () => {
  expect(withRole({ until: "test" }, "as needed")).toEqual([
    "checkout",
    "configure-host",
    "prepare",
    "build-image",
    "register",
    "test",
  ]);
  expect(withRole({ until: "test" }, "left out")).toEqual(
    expect.arrayContaining(["sign", "hashdeep", "distribute", "request-publication", "clean-up"]),
  );
  expect(withRole({ until: "sign" }, "as needed")).toContain("hashdeep");
});

test.each([["spawn-build-host"], ["add-agent"], ["3"]])("until %s: the host is made, nothing runs there", (until) => {
  expect(new Set(stageRoles(parseSelection({ until })).values())).toEqual(new Set(["left out"]));
  expect(reachesEnd(parseSelection({ until }))).toBe(false);
  expect(() => parseSelection({ from: "test", until })).toThrow("comes before --from test");
});

test("from a stage: it and all that depends on it again; what comes before has to be there", () => {
  const words = { from: "test" };
  expect(withRole(words, "again")).toEqual(["test", "sign", "distribute", "request-publication", "clean-up"]);
  expect(withRole(words, "must be there")).toEqual(["build-image", "register"]);
  // hashdeep neither comes before the tests nor follows from them.
  expect(withRole(words, "as needed")).toEqual(["checkout", "configure-host", "prepare", "hashdeep"]);
  expect(reachesEnd(parseSelection(words))).toBe(true);
});

test("from a stage until another: only what lies between is done again", () => {
  const words = { from: "build-image", until: "test" };
  expect(withRole(words, "again")).toEqual(["build-image", "register", "test"]);
  expect(withRole(words, "must be there")).toEqual([]);
  expect(reachesEnd(parseSelection(words))).toBe(false);
});

test("only some stages, by name or number: what they need has to be there, nothing else is looked at", () => {
  expect(withRole({ only: "9, hashdeep" }, "again")).toEqual(["test", "hashdeep"]);
  expect(withRole({ only: "test" }, "must be there")).toEqual(["build-image", "register"]);
  expect(withRole({ only: "test" }, "left out")).toContain("hashdeep");
  expect(withRole({ only: "sign,test,hashdeep" }, "must be there")).toEqual(["build-image", "register"]);
  expect(reachesEnd(parseSelection({ only: "clean-up" }))).toBe(false);
});

test.each<[SelectionWords, string]>([
  [{ only: "test", until: "sign" }, "--only stands alone: leave --from and --until out"],
  [{ from: "test", until: "register" }, "--until register: comes before --from test"],
  [{ from: "hashdeep", until: "test" }, "test does not depend on hashdeep, there is nothing to do; use --only test"],
  [{ from: "tests" }, "--from tests: there is no such stage; one of checkout, configure-host,"],
  [{ until: "initialise" }, "--until initialise: stage 1 is not one of the build host's; one of spawn-build-host"],
  [{ until: "nosuch" }, "there is no such stage; one of spawn-build-host, add-agent, checkout, configure-host,"],
  [{ only: "nosuch" }, "there is no such stage; one of checkout, configure-host,"],
  [{ only: "15" }, "--only 15: stage 15 is not one of the build host's"],
  [{ only: "" }, "--only : there is no such stage"],
])("%j makes no sense: %s", (words, message) => {
  expect(() => parseSelection(words)).toThrow(message);
});

test("what was asked for reads as it was written", () => {
  expect(selectionText(parseSelection({ from: "8", until: "sign" }))).toBe("--from register --until sign");
  expect(selectionText(parseSelection({ only: "test,sign" }))).toBe("--only test,sign");
});

test("the environment asks for the same, and an empty variable for nothing", () => {
  const selection = parseSelection({ from: "register", until: "sign" });
  expect(selectionFrom(selectionEnvironment(selection))).toEqual(selection);
  expect(selectionFrom(selectionEnvironment(parseSelection({ only: "test,sign" })))).toEqual({
    only: ["test", "sign"],
  });
  expect(selectionFrom({ FACTORY_UNTIL: "" })).toEqual(WHOLE);
  expect(() => selectionFrom({ FACTORY_ONLY: "tests" })).toThrow("--only tests: there is no such stage");
});

test("what must be there and is not is named; what runs anyhow is not asked for", () => {
  const statuses = STAGES.map(({ name, number }): StageStatus => ({
    name,
    number,
    state: name === "build-image" ? "succeeded" : name === "register" ? "failed" : "waiting",
  }));
  expect(missingNeeds(parseSelection({ only: "test" }), statuses)).toEqual(["register"]);
  expect(missingNeeds(parseSelection({ from: "register" }), statuses)).toEqual([]);
  expect(missingNeeds(parseSelection({ until: "test" }), [])).toEqual([]);
  expect(missingNeeds(parseSelection({ from: "build-image" }), [])).toEqual([]);
});
