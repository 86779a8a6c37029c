/** Which stages may start: pure. */
import type { StageName } from "../../model/stages";

export type Progress = "waiting" | "running" | "done" | "failed";

/** A stage as the scheduler sees it: needs that are not among the given stages count as met. */
export interface Node {
  readonly name: StageName;
  readonly needs: readonly string[];
}

export type ProgressOf = ReadonlyMap<StageName, Progress>;

/** The stages that may start now: waiting, all their needs done, and nothing has failed. In the order given. */
export function readyStages(stages: readonly Node[], progress: ProgressOf): StageName[] {
  const of = (name: string): Progress | undefined =>
    stages.some((stage) => stage.name === name) ? (progress.get(name as StageName) ?? "waiting") : undefined;
  if (stages.some((stage) => of(stage.name) === "failed")) return [];
  return stages
    .filter((stage) => of(stage.name) === "waiting")
    .filter((stage) => stage.needs.every((need) => [undefined, "done"].includes(of(need))))
    .map((stage) => stage.name);
}

/** What a stage that ends the build early leaves out: everything that waits, but the one that tidies up. */
export function leftOut(stages: readonly Node[], progress: ProgressOf, keep: StageName): StageName[] {
  return stages
    .filter((stage) => (progress.get(stage.name) ?? "waiting") === "waiting" && stage.name !== keep)
    .map((stage) => stage.name);
}
