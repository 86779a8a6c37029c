/**
 * Where the states of this home's stacks are, as far as this home knows: whoever changes factory.yaml's `state` must not
 * begin with empty states beside those that there are.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { statePlace } from "../model/config/state";

const placeFile = (home: string): string => path.join(home, "state", "place");

/** The line of factory.yaml that the states were made under; undefined when there are none yet. */
export function recordedPlace(home: string): string | undefined {
  const line = existsSync(placeFile(home)) ? readFileSync(placeFile(home), "utf8").trim() : "local";
  return line === "local" && localStacks(home).length === 0 ? undefined : line;
}

/** From now on the states are there. */
export function recordPlace(home: string, state: string): void {
  mkdirSync(path.dirname(placeFile(home)), { recursive: true, mode: 0o700 });
  writeFileSync(placeFile(home), `${state}\n`);
}

/** Throws an error that says what to do where the states are elsewhere than the configuration (`file`) says. */
export function refuseOtherPlace(home: string, state: string, file = "factory.yaml"): void {
  const recorded = recordedPlace(home);
  if (recorded === undefined || isSamePlace(recorded, state)) return;
  throw new Error(
    `${file}: state: is ${state}, but the states are in ${recorded}; move them: npx factory state migrate`,
  );
}

export function isSamePlace(one: string, other: string): boolean {
  return one === other || JSON.stringify(statePlace(one)) === JSON.stringify(statePlace(other));
}

/** Stacks of which a local state has something. */
function localStacks(home: string): string[] {
  const directory = path.join(home, "state");
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.endsWith(".tfstate"))
    .filter((name) => /"instances":\s*\[\s*\{/.test(readFileSync(path.join(directory, name), "utf8")));
}
