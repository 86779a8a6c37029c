/** The 15 stages of a build: names, order, where each runs and what it waits for. */

export type StagePlace = "deployer" | "host";

export interface StageInfo {
  readonly number: number;
  readonly name: string;
  readonly where: StagePlace;
  /** Stages that must have succeeded (or been skipped as "no change") before this one may start. */
  readonly needs: readonly string[];
}

export const STAGES = [
  { number: 1, name: "initialise", where: "deployer", needs: [] },
  { number: 2, name: "spawn-build-host", where: "deployer", needs: ["initialise"] },
  { number: 3, name: "add-agent", where: "deployer", needs: ["spawn-build-host"] },
  { number: 4, name: "checkout", where: "host", needs: ["add-agent"] },
  { number: 5, name: "configure-host", where: "host", needs: ["checkout"] },
  { number: 6, name: "prepare", where: "host", needs: ["configure-host"] },
  { number: 7, name: "build-image", where: "host", needs: ["prepare"] },
  { number: 8, name: "register", where: "host", needs: ["build-image"] },
  { number: 9, name: "test", where: "host", needs: ["register"] },
  // Signatures cover the test results, so signing waits for them; the hash sets do not.
  { number: 10, name: "sign", where: "host", needs: ["test", "hashdeep"] },
  { number: 11, name: "hashdeep", where: "host", needs: ["build-image"] },
  { number: 12, name: "distribute", where: "host", needs: ["test"] },
  { number: 13, name: "request-publication", where: "host", needs: ["sign", "hashdeep", "distribute"] },
  { number: 14, name: "clean-up", where: "host", needs: ["request-publication"] },
  { number: 15, name: "destroy-build-host", where: "deployer", needs: ["clean-up"] },
] as const satisfies readonly StageInfo[];

export type StageName = (typeof STAGES)[number]["name"];

export const STAGE_NAMES: readonly StageName[] = STAGES.map((stage) => stage.name);

/** The stage's row; throws a RangeError for a name that is not one of the 15. */
export function stageInfo(name: string): StageInfo & { readonly name: StageName } {
  const found = STAGES.find((stage) => stage.name === name);
  if (!found) throw new RangeError(`unknown stage "${name}": one of ${STAGE_NAMES.join(", ")}`);
  return found;
}

/** The stages that run on the build host, in order. */
export const HOST_STAGES = STAGES.filter((stage) => stage.where === "host");
