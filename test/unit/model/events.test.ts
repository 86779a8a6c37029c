import { eventLine, type BuildEvent } from "../../../model/events";

const time = "2026-01-01T00:00:00.000Z";
const line = (more: Partial<BuildEvent>): string =>
  eventLine({ time, build: "b", stage: "test", state: "failed", message: "no such user", ...more }, time);

test("a failure's line names its class where there are several", () => {
  expect(line({ data: { failureClass: "checks" } })).toMatch(/9 test +failed checks: no such user$/);
  expect(line({})).toMatch(/9 test +failed no such user$/);
  expect(line({ state: "progress", data: { failureClass: "checks" } })).toMatch(/… no such user$/);
});
