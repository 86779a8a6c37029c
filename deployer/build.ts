/** `factory build` and `factory destroy`: cdktf's deploy and destroy with what belongs around them. */
import { recipesRoot } from "../config/paths";
import { LEASE_SECONDS, decideLease } from "../model/lease";
import { BUILD_ID, names, parseBuildId } from "../model/naming";
import {
  isAgain,
  isWhole,
  reachesEnd,
  selectionEnvironment,
  stageRoles,
  type StageRole,
  type StageSelection,
} from "../model/stage-selection";
import { unmetNeeds } from "./asked-part";
import type { ImageDefinition } from "../model/image";
import { cdktf } from "./cdktf";
import { buildChecks } from "./checks";
import type { Deployment } from "./deployment";
import { LeaseKeeper } from "./lease";
import { listNodes, Ways } from "./nodes";
import { purgeData } from "./purge";
import { localRecipes, remoteCommit } from "./recipes";
import { sessionIdentity } from "./session-identity";
import { buildOfStack, buildStackState, existingBuildStacks, type StackState } from "./stack-state";
import { stateStore } from "./states/store";
import { CHANGE_CHECK, endsUnchanged } from "./unchanged";
import { unmetIn } from "./unmet";
import { messageOf, UserError } from "./user-error";

export interface BuildRequest {
  readonly image: string;
  readonly force: boolean;
  readonly skipPublish: boolean;
  readonly debug: boolean;
  readonly keepHost: boolean;
  /** The part of the build that is asked for. */
  readonly selection: StageSelection;
  readonly verbose: boolean;
}

/** Deploys the image's build stack, and destroys it again unless the host is to be kept. */
export async function buildImage(
  deployment: Deployment,
  request: BuildRequest,
  say: (line: string) => void,
): Promise<void> {
  const { image, verbose } = request;
  deployment.image(image);
  // Terraform's own lock would refuse as well, but without saying who builds.
  const held = await heldBy(deployment, image);
  if (held !== undefined) throw new UserError(held);
  const stack = names.buildStack(image);
  const { selection } = request;
  const env = {
    ...(request.force && { FACTORY_FORCE: "1" }),
    ...(request.skipPublish && { FACTORY_SKIP_PUBLISH: "1" }),
    ...(request.debug && { FACTORY_BUILD_DEBUG: "1" }),
    ...selectionEnvironment(selection),
  };
  const state = await buildStackState(stateStore(deployment), stack);
  const unmet = await unmetAtHand(deployment, image, { state, selection });
  if (unmet !== undefined) throw new UserError(unmet);
  if (endsBefore(state, selection)) {
    say("the build before this one is complete and its host was kept: it ends now");
    await cdktf(deployment, { command: "destroy", stack, say, verbose });
  }
  if (!request.force && !isAgain(selection) && (await endsUnchanged(deployment, image, say))) return;
  await cdktf(deployment, { command: "deploy", stack, env: { ...env, [CHANGE_CHECK]: "done" }, say, verbose });
  if (request.keepHost || !reachesEnd(selection)) {
    const { expireHours } = deployment.config.build;
    say(
      `the build host stays, at most ${expireHours} hours from its start: then factory reap takes it; end the build with: cdktf destroy ${stack}`,
    );
    return;
  }
  await cdktf(deployment, { command: "destroy", stack, say, verbose });
}

/** Destroys the image's build stack: stage 15. Its own guard refuses while somebody else builds. */
export async function endBuild(
  deployment: Deployment,
  image: string,
  say: (line: string) => void,
  verbose: boolean,
): Promise<void> {
  const stack = names.buildStack(deployment.image(image).name);
  if ((await buildStackState(stateStore(deployment), stack)) === "none")
    return say(`${stack}: there is nothing to end`);
  await cdktf(deployment, { command: "destroy", stack, say, verbose });
}

/** A complete build whose host was kept ends before a new one; what is to be done again is done on that host. */
function endsBefore(state: StackState, selection: StageSelection): boolean {
  return state === "complete" && !isAgain(selection);
}

/** One line when what is to be done again needs what the image's build at hand has not done. */
async function unmetAtHand(
  deployment: Deployment,
  image: string,
  { state, selection }: { readonly state: StackState; readonly selection: StageSelection },
): Promise<string | undefined> {
  if (!isAgain(selection)) return undefined;
  const build = state === "none" ? undefined : await buildOfStack(stateStore(deployment), names.buildStack(image));
  if (build === undefined) return unmetNeeds(image, selection, []);
  const store = await new Ways(deployment).store();
  return unmetIn(store, await store.readBuild(build), selection);
}

/** One line that names who builds this image now; undefined when nobody does. */
async function heldBy(deployment: Deployment, image: string): Promise<string | undefined> {
  const holder = await sessionIdentity();
  const found = await new LeaseKeeper(await new Ways(deployment).store(), holder).look(image);
  // The claim of the build that the lease is about: a build of ours that nobody follows may be attached to.
  const build = found.lease?.build ?? found.heartbeat?.build ?? "";
  const verdict = decideLease({ ...found, claim: { image, build, holder }, seconds: LEASE_SECONDS.spawning });
  return verdict.granted ? undefined : verdict.message;
}

export interface DryRun {
  readonly lines: readonly string[];
  /** What stage 1 would refuse for. */
  readonly problems: readonly string[];
}

/** What a build would do and what would stop it; nothing is made. */
export async function dryRun(deployment: Deployment, name: string, selection: StageSelection): Promise<DryRun> {
  const image = deployment.image(name);
  const { config } = deployment;
  const { git } = config.infrastructure;
  const recipes = git
    ? { commit: await remoteCommit(git.url, git.ref), dirty: false }
    : await localRecipes(recipesRoot(deployment.root));
  const regions = config.regions.filter(
    (region, index) => index === 0 || (image.regions?.includes(region.name) ?? true),
  );
  const state = await buildStackState(stateStore(deployment), names.buildStack(name));
  const kept = endsBefore(state, selection);
  const unmet = await unmetAtHand(deployment, name, { state, selection }).catch(messageOf);
  const checks = buildChecks(deployment, { image, build: `${name}-000000000000-0000` })
    // A complete build whose host was kept is ended first, and stands against nothing.
    .filter((check) => !kept || check.name !== "no other build");
  const results = await Promise.allSettled(checks.map((check) => check.run()));
  const problems = results.flatMap((one) => (one.status === "fulfilled" ? one.value : [(one.reason as Error).message]));
  const held = await heldBy(deployment, name).catch((error: unknown) => (error as Error).message);
  return {
    lines: [
      ...(kept ? ["before   ends the complete build whose host was kept"] : []),
      `image    ${name}: ${image.description}`,
      `recipe   ${describeRecipe(image)}, commit ${recipes.commit.slice(0, 12)}${recipes.dirty ? " with changes that are not committed: can not be published" : ""}`,
      ...(isWhole(selection) ? [] : [`stages   ${stagesText(selection)}`]),
      `regions  ${regions.map((region) => region.name).join(", ")}`,
      `host     flavor ${config.nodes.buildHost.flavor} in zone ${config.nodes.buildHost.zone}, ${config.nodes.buildHost.scratchGiB} GiB of scratch`,
    ],
    problems: [...new Set([held, unmet, ...problems].filter((problem) => problem !== undefined))],
  };
}

function stagesText(selection: StageSelection): string {
  const texts: Readonly<Record<Exclude<StageRole, "left out">, string>> = {
    again: "again",
    "as needed": "as needed",
    "must be there": "have to be there",
  };
  const roles = [...stageRoles(selection)];
  return Object.entries(texts)
    .map(([role, text]) => [roles.filter(([, one]) => one === role).map(([name]) => name), text] as const)
    .filter(([stages]) => stages.length > 0)
    .map(([stages, text]) => `${text}: ${stages.join(", ")}`)
    .join("; ");
}

function describeRecipe({ builder, recipe }: ImageDefinition): string {
  return recipe.elements ? `${builder} (${recipe.elements.join(" ")})` : builder;
}

/** Throws a UserError while there are builds: they need the factory for their own end. */
export async function refuseWhileBuilding(deployment: Deployment): Promise<void> {
  const known = deployment.images.map((image) => names.buildStack(image.name));
  const states = stateStore(deployment);
  const [nodes, stacks] = await Promise.all([listNodes(deployment), existingBuildStacks(states, known)]);
  const hosts = nodes.filter(({ role }) => role === "build-host").map(({ name }) => name);
  // A host tells more than its stack does.
  const told = hosts.flatMap((name) => (BUILD_ID.test(name) ? names.buildStack(parseBuildId(name).image) : []));
  const builds = new Set([...hosts, ...stacks.filter((stack) => !told.includes(stack))]);
  if (builds.size === 0) return;
  throw new UserError(`there are builds: ${[...builds].join(", ")}; end them first: cdktf destroy build-<image>`);
}

/** Destroys the factory's stack. Throws a UserError while there are builds. */
export async function destroyFactory(
  deployment: Deployment,
  purge: boolean,
  say: (line: string) => void,
  verbose: boolean,
): Promise<void> {
  await refuseWhileBuilding(deployment);
  const env: Record<string, string> = purge ? { FACTORY_PURGE_DATA: "1" } : {};
  await cdktf(deployment, { command: "destroy", stack: "factory", env, say, verbose });
  if (purge) for (const line of await purgeData(deployment)) say(line);
}
