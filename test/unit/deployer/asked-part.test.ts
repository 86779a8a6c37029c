import { hasExpired, otherAtWork, startedFor, unmetNeeds } from "../../../deployer/asked-part";
import { stageStatuses, type BuildEvent } from "../../../model/events";
import type { StageName } from "../../../model/stages";

const event = (stage: StageName, data?: object): BuildEvent => ({
  time: "2026-01-01T00:00:00.000Z",
  build: "b",
  stage,
  state: "succeeded",
  ...(data && { data: { ...data } }),
});

test("a runner was started for what its last start says; joining it says nothing", () => {
  expect(startedFor([])).toEqual({});
  const events = [event("add-agent", { selection: { until: "test" } }), event("add-agent", { selection: {} })];
  expect(startedFor(events.slice(0, 1))).toEqual({ until: "test" });
  expect(startedFor([...events.slice(0, 1), event("add-agent")])).toEqual({ until: "test" });
  expect(startedFor(events)).toEqual({});
});

test("what is missing before the part that is asked for is named in one line", () => {
  const unmet = (...done: readonly StageName[]) =>
    unmetNeeds("debian-12", { only: ["test"] }, stageStatuses(done.map((stage) => event(stage))));
  expect(unmet("build-image", "register")).toBeUndefined();
  expect(unmet("build-image")).toBe(
    "image debian-12: --only test: stage 8 register has not succeeded in a build whose host is there; build without it",
  );
  expect(unmet()).toContain("stages 7 build-image, 8 register have not succeeded");
});

test("another part than the one at work comes when that is done", () => {
  expect(otherAtWork({ until: "test" }, { until: "test" })).toBeUndefined();
  expect(otherAtWork({ until: "test" }, {})).toBe(
    "the runner is at work on --until test: the whole build comes when that is done",
  );
  expect(otherAtWork({}, { only: ["test"] })).toBe(
    "the runner is at work on the whole build: --only test comes when that is done",
  );
});

test("a build whose time is over is told as that; one without a time never is", () => {
  const at = (expires: string | undefined) =>
    hasExpired({ build: "a-202601010000-0001", image: "a" }, expires, new Date("2026-01-02T00:00:00Z"));
  expect(at("2026-01-01T23:59:59Z")).toContain("has expired (2026-01-01T23:59:59Z)");
  expect(at("2026-01-02T00:00:01Z")).toBeUndefined();
  expect(at(undefined)).toBeUndefined();
});
