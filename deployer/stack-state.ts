/** What this home's Terraform states tell of build stacks. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "./user-error";

interface Resource {
  readonly type: string;
  readonly name: string;
  readonly instances?: readonly { readonly status?: string }[];
}

/**
 * - `none`: nothing of the stack exists
 * - `unfinished`: a deploy of it failed or was interrupted: the next one goes on
 * - `complete`: the build has run to its end, its host was kept
 */
export type StackState = "none" | "unfinished" | "complete";

/** The state of a build stack. Throws a UserError for a file that is no state. */
export function buildStackState(stateDirectory: string, stack: string): StackState {
  const resources = resourcesIn(path.join(stateDirectory, `${stack}.tfstate`));
  if (resources.length === 0) return "none";
  const run = resources.find(({ type, name }) => type === "terraform_data" && name === "run");
  const done = (run?.instances ?? []).some(({ status }) => status !== "tainted");
  return done ? "complete" : "unfinished";
}

/** Names of the build stacks of which something exists. */
export function existingBuildStacks(stateDirectory: string): string[] {
  if (!existsSync(stateDirectory)) return [];
  return readdirSync(stateDirectory)
    .flatMap((file) => /^(build-.+)\.tfstate$/.exec(file)?.[1] ?? [])
    .filter((stack) => buildStackState(stateDirectory, stack) !== "none")
    .sort();
}

function resourcesIn(file: string): readonly Resource[] {
  if (!existsSync(file)) return [];
  try {
    const { resources } = JSON.parse(readFileSync(file, "utf8")) as { readonly resources?: readonly Resource[] };
    return (resources ?? []).filter((one) => (one.instances ?? []).length > 0);
  } catch (error) {
    throw new UserError(`${file}: is no Terraform state (${(error as Error).message})`, { cause: error });
  }
}
