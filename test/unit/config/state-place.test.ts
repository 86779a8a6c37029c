import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { isSamePlace, recordedPlace, recordPlace, refuseOtherPlace } from "../../../config/state-place";

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), "home-"));
});
afterEach(() => rmSync(home, { recursive: true }));

const local = (stack: string, instances: readonly object[]): void => {
  mkdirSync(path.join(home, "state"), { recursive: true });
  const state = { version: 4, resources: [{ type: "terraform_data", name: "x", instances }] };
  writeFileSync(path.join(home, "state", `${stack}.tfstate`), JSON.stringify(state, null, 2));
};
const REFUSAL =
  "factory.yaml: state: is swift://demo-state, but the states are in local; move them: npx factory state migrate";

test("a home without states goes along with any place", () => {
  expect(recordedPlace(home)).toBeUndefined();
  local("factory", []);
  expect(recordedPlace(home)).toBeUndefined();
  recordPlace(home, "local");
  expect(() => refuseOtherPlace(home, "swift://demo-state")).not.toThrow();
});

test("where there is a local state of something, another place is refused", () => {
  local("build-debian-12", [{}]);
  expect(() => refuseOtherPlace(home, "local")).not.toThrow();
  expect(() => refuseOtherPlace(home, "swift://demo-state")).toThrow(REFUSAL);
});

test("a home that works with a place refuses every other one, local too", () => {
  recordPlace(home, "swift://demo-state");
  expect(() => refuseOtherPlace(home, "swift://demo-state/")).not.toThrow();
  for (const other of ["local", "swift://other-state", "https://states.test/f"])
    expect(() => refuseOtherPlace(home, other)).toThrow(`is ${other}, but the states are in swift://demo-state; move`);
});

test("the same place may be written in several ways", () => {
  expect(isSamePlace("postgres://db/s", "postgres://db/s?sslmode=verify-full")).toBe(true);
  expect(isSamePlace("postgres://db/s", "postgres://db/s?schema=x")).toBe(false);
});
