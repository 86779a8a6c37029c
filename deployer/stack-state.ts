/** What Terraform's states tell of build stacks. */
import type { StateStore } from "./states/store";
import { liveResources } from "./states/terraform-state";

/**
 * - `none`: nothing of the stack exists
 * - `unfinished`: a deploy of it failed, was interrupted or asked for a part only: the next one goes on
 * - `complete`: the build has run to its end, its host was kept
 */
export type StackState = "none" | "unfinished" | "complete";

/** The state of a build stack. Throws a UserError for one that can not be read. */
export async function buildStackState(states: StateStore, stack: string): Promise<StackState> {
  const resources = liveResources(await states.read(stack));
  if (resources.length === 0) return "none";
  const run = resources.find(({ type, name }) => type === "terraform_data" && name === "run");
  const done = (run?.instances ?? []).some(
    ({ status, attributes }) => status !== "tainted" && attributes?.triggers_replace?.value?.["part"] === undefined,
  );
  return done ? "complete" : "unfinished";
}

/** The id of the build that a stack's state is about; undefined when there is nothing of it. */
export async function buildOfStack(states: StateStore, stack: string): Promise<string | undefined> {
  const [buildId] = liveResources(await states.read(stack)).filter(
    ({ type, name }) => type === "terraform_data" && name === "build-id",
  );
  const build = buildId?.instances?.[0]?.attributes?.output?.value?.["build"];
  return typeof build === "string" ? build : undefined;
}

/** Names of the build stacks of which something exists. @param known those of the catalogue's images */
export async function existingBuildStacks(states: StateStore, known: readonly string[]): Promise<string[]> {
  const stacks = (await states.existing(known)).filter((stack) => stack.startsWith("build-"));
  const found: string[] = [];
  // Each may be a Terraform of its own: a few at once.
  for (let from = 0; from < stacks.length; from += AT_ONCE) {
    const some = stacks.slice(from, from + AT_ONCE);
    const read = await Promise.all(some.map((stack) => buildStackState(states, stack)));
    found.push(...some.filter((_, index) => read[index] !== "none"));
  }
  return found.sort();
}

const AT_ONCE = 4;
