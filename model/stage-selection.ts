/** Which part of a build is asked for: `--from`, `--until`, `--only`. Pure. */
import type { StageStatus } from "./events";
import { HOST_STAGES, STAGES, stageInfo, type StageName } from "./stages";

export interface StageSelection {
  /** Do this stage again, and all that depends on it. */
  readonly from?: StageName;
  /** Go no further than this stage and what it needs. */
  readonly until?: StageName;
  /** Do these again and nothing else. */
  readonly only?: readonly StageName[];
}

/**
 * What is done about a stage:
 * - `as needed`: it runs unless its earlier result is still right
 * - `again`: it runs, whatever there is of it
 * - `must be there`: its earlier result has to be right; it never runs
 * - `left out`: nobody looks at it
 */
export type StageRole = "as needed" | "again" | "must be there" | "left out";

export const WHOLE: StageSelection = {};

/** They make the host ready, cost seconds and leave nothing for customers: what needs them may have them run. */
const PREPARING: readonly StageName[] = ["checkout", "configure-host", "prepare"];

/** What makes the host and reaches it: nothing runs there yet. */
const BEFORE_HOST: readonly StageName[] = ["spawn-build-host", "add-agent"];

/** The build's last stage on the host. */
const LAST: StageName = "clean-up";

/** How each stage of the host is asked for on a command line. */
export interface SelectionWords {
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  /** Names or numbers, separated by commas. */
  readonly only?: string | undefined;
}

/** Environment variables that ask for the same: they reach Terraform's provisioners through cdktf. */
export const SELECTION_VARIABLES = { from: "FACTORY_FROM", until: "FACTORY_UNTIL", only: "FACTORY_ONLY" } as const;

/** What the environment asks for; an empty variable asks for nothing. Throws as `parseSelection` does. */
export function selectionFrom(env: Readonly<Record<string, string | undefined>>): StageSelection {
  const { from, until, only } = SELECTION_VARIABLES;
  const word = (name: string): string | undefined => (env[name] === "" ? undefined : env[name]);
  return parseSelection({ from: word(from), until: word(until), only: word(only) });
}

/** The environment that asks for a selection and for nothing else. */
export function selectionEnvironment({ from, until, only }: StageSelection): Record<string, string> {
  return {
    [SELECTION_VARIABLES.from]: from ?? "",
    [SELECTION_VARIABLES.until]: until ?? "",
    [SELECTION_VARIABLES.only]: only?.join(",") ?? "",
  };
}

/** The selection that words ask for. Throws an Error with one line when they make no sense. */
export function parseSelection({ from, until, only }: SelectionWords): StageSelection {
  const names = only?.split(",").map((word) => hostStage(word.trim(), "only"));
  const selection = {
    ...(from !== undefined && { from: hostStage(from, "from") }),
    ...(until !== undefined && { until: lastStage(until) }),
    ...(names !== undefined && { only: names }),
  };
  const problem = senseless(selection);
  if (problem !== undefined) throw new Error(problem);
  return selection;
}

/** Whether all of the build is asked for, from wherever it is to its end. */
export function isWhole(selection: StageSelection): boolean {
  return Object.keys(selection).length === 0;
}

/** Whether something is to be done again: that takes a build that is there. */
export function isAgain({ from, only }: StageSelection): boolean {
  return from !== undefined || only !== undefined;
}

/** Whether the build is at its end when all of this is done. */
export function reachesEnd(selection: StageSelection): boolean {
  return stageRoles(selection).get(LAST) !== "left out" && selection.only === undefined;
}

/** What is done about each stage of the host. */
export function stageRoles(selection: StageSelection): ReadonlyMap<StageName, StageRole> {
  const roleOf = roleFinder(selection);
  return new Map(HOST_STAGES.map(({ name }) => [name, roleOf(name)]));
}

/** The stages that a selection leaves alone although what it does needs them: they must have succeeded. */
export function missingNeeds(selection: StageSelection, statuses: readonly StageStatus[]): StageName[] {
  const succeeded = (name: StageName): boolean =>
    statuses.some((status) => status.name === name && status.state === "succeeded");
  return [...stageRoles(selection)]
    .filter(([name, role]) => role === "must be there" && !succeeded(name))
    .map(([name]) => name);
}

/** `--from test --until sign`; empty for a whole build. */
export function selectionText({ from, until, only }: StageSelection): string {
  return [
    ...(from === undefined ? [] : [`--from ${from}`]),
    ...(until === undefined ? [] : [`--until ${until}`]),
    ...(only === undefined ? [] : [`--only ${only.join(",")}`]),
  ].join(" ");
}

function roleFinder({ from, until, only }: StageSelection): (name: StageName) => StageRole {
  if (only !== undefined) {
    const needed = new Set(only.flatMap((name) => [...needsOf(name)]));
    return (name) => (only.includes(name) ? "again" : needed.has(name) ? untouched(name) : "left out");
  }
  const within = (name: StageName): boolean => until === undefined || name === until || needsOf(until).has(name);
  if (from === undefined) return (name) => (within(name) ? "as needed" : "left out");
  const before = needsOf(from);
  return (name) => {
    if (!within(name)) return before.has(name) ? untouched(name) : "left out";
    if (name === from || needsOf(name).has(from)) return "again";
    return before.has(name) ? untouched(name) : "as needed";
  };
}

const untouched = (name: StageName): StageRole => (PREPARING.includes(name) ? "as needed" : "must be there");

/** Everything on the host that a stage waits for, directly or not. */
function needsOf(name: StageName): Set<StageName> {
  const all = new Set<StageName>();
  const add = (one: string): void => {
    for (const need of stageInfo(one).needs) {
      const info = stageInfo(need);
      if (info.where !== "host" || all.has(info.name)) continue;
      all.add(info.name);
      add(need);
    }
  };
  add(name);
  return all;
}

/** Why stages can't be asked for like this; undefined when they can. */
function senseless({ from, until, only }: StageSelection): string | undefined {
  if (only !== undefined && (from !== undefined || until !== undefined))
    return "--only stands alone: leave --from and --until out";
  if (from === undefined || until === undefined || from === until || needsOf(until).has(from)) return undefined;
  return needsOf(from).has(until) || BEFORE_HOST.includes(until)
    ? `--until ${until}: comes before --from ${from}`
    : `--from ${from} --until ${until}: ${until} does not depend on ${from}, there is nothing to do; use --only ${until}`;
}

/** Where a build may stop: at a stage of the host, or when the host is there. */
function lastStage(word: string): StageName {
  const early = BEFORE_HOST.find((name) => name === word || String(stageInfo(name).number) === word);
  return early ?? hostStage(word, "until", BEFORE_HOST);
}

/**
 * A stage of the host by its name or number. Throws an Error that says which there are.
 * @param others that the option takes too
 */
function hostStage(word: string, option: string, others: readonly StageName[] = []): StageName {
  const found = STAGES.find(({ name, number }) => name === word || String(number) === word);
  const known = `one of ${[...others, ...HOST_STAGES.map(({ name }) => name)].join(", ")}`;
  if (!found) throw new Error(`--${option} ${word}: there is no such stage; ${known}`);
  if (found.where !== "host")
    throw new Error(`--${option} ${word}: stage ${found.number} is not one of the build host's; ${known}`);
  return found.name;
}
