/** Assembles the build plan: what the runner is told, from configuration, catalogue, recipes and a few look-ups. */
import { resolveMirrors } from "../config/apt-mirrors";
import type { BuildEvent } from "../model/events";
import type { FactoryConfig } from "../model/config";
import type { ImageDefinition } from "../model/image";
import { IPERF3_PORT } from "../model/jenkins";
import { names, parseBuildId, tags } from "../model/naming";
import type { BuildPlan } from "../model/plan";
import type { RegionTarget } from "../model/region";
import { isAgain, isWhole, selectionFrom, WHOLE, type StageSelection } from "../model/stage-selection";
import { stageSeconds } from "../model/stage-timeouts";
import { getImage, type GlanceImage } from "../openstack/glance";
import { oneByName } from "../openstack/neutron";
import type { Deployment } from "./deployment";
import type { Recipes } from "./recipes";
import { messageOf, UserError } from "./user-error";

/** Seconds for the temporary instance; the second is enough for emulation on a busy machine. */
const TEST_INSTANCE_TIMEOUTS = { activeTimeout: 300, bootTimeout: 900 };

export interface BuildOptions {
  readonly force: boolean;
  readonly skipPublish: boolean;
  readonly debug: boolean;
}

/** Asked for by environment variables, which reach a provisioner through cdktf and Terraform. */
export function buildOptions(env: NodeJS.ProcessEnv = process.env): BuildOptions {
  const asked = (name: string): boolean => env[name] === "1";
  return {
    force: asked("FACTORY_FORCE"),
    skipPublish: asked("FACTORY_SKIP_PUBLISH"),
    debug: asked("FACTORY_BUILD_DEBUG"),
  };
}

/** The part of the build that the environment asks for. Throws a UserError when it makes no sense. */
export function askedSelection(env: NodeJS.ProcessEnv = process.env): StageSelection {
  return sensible(() => selectionFrom(env));
}

/** What somebody asked for; what makes no sense is their mistake. */
export function sensible<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new UserError(messageOf(error), { cause: error });
  }
}

/** What was asked for when the build was first started holds for its resumes; more may be asked for. */
export function keptOptions(asked: BuildOptions, events: readonly BuildEvent[]): BuildOptions {
  const earlier = events
    .filter(({ stage, state }) => stage === "add-agent" && state === "succeeded")
    .flatMap(({ data }) => (data?.["options"] ?? []) as Partial<BuildOptions>);
  const ever = (name: keyof BuildOptions): boolean => asked[name] || earlier.some((options) => options[name] === true);
  return { force: ever("force"), skipPublish: ever("skipPublish"), debug: ever("debug") };
}

export interface PlanInput {
  readonly config: FactoryConfig;
  readonly image: ImageDefinition;
  readonly build: string;
  readonly options: BuildOptions;
  /** The part that is asked for. @default all of the build */
  readonly selection?: StageSelection;
  readonly recipes: Pick<Recipes, "commit" | "dirty"> & Partial<Pick<Recipes, "branch">>;
  readonly mirrors: BuildPlan["mirrors"];
  readonly network: { readonly networkId: string; readonly securityGroupId: string };
  readonly signing: BuildPlan["signing"];
  /** Address of the iperf3 server in the factory's network. */
  readonly iperf3: string;
  /** user@host */
  readonly requestedBy: string;
  readonly base?: BuildPlan["base"];
  /** ISO 8601; default: counted from the build's start. */
  readonly expires?: string | undefined;
}

/** Pure. */
export function assemblePlan(input: PlanInput): BuildPlan {
  const { config, image, build, options, recipes, mirrors, network, signing, iperf3, requestedBy } = input;
  const { selection = WHOLE } = input;
  const { git } = config.infrastructure;
  const [home, ...others] = regionsOf(config, image);
  const expires = input.expires ?? expiry(build, config.build.expireHours);
  return {
    version: 1,
    factory: config.factory,
    build,
    image,
    tags: tags({ factory: config.factory, image: image.name, build, expires }),
    requestedBy,
    expires,
    // What is to be done again is done again, changed or not.
    options: { ...options, force: options.force || isAgain(selection) },
    ...(!isWhole(selection) && { selection }),
    recipes: {
      commit: recipes.commit,
      dirty: recipes.dirty,
      ...(recipes.branch !== undefined && { branch: recipes.branch }),
      source: git ? { kind: "clone", url: git.url } : { kind: "bundle" },
    },
    ...(input.base && { base: input.base }),
    mirrors,
    home,
    regions: others,
    testInstance: {
      ...network,
      flavor: config.nodes.testInstance.flavor,
      zone: config.nodes.testInstance.zone,
      ...TEST_INSTANCE_TIMEOUTS,
    },
    signing,
    buckets: {
      cloud: config.projects.production.cloud,
      requests: config.buckets.requests,
      staging: config.buckets.staging,
      stagingDays: config.buckets.stagingDays,
    },
    publish: { visibility: config.publish.visibility, requestDays: config.publish.requestDays },
    iperf3: { host: iperf3, port: IPERF3_PORT },
    securityTracker: config.infrastructure.securityTracker,
    timeouts: stageSeconds(config.build.stageMinutes),
    timeout: config.build.timeoutMinutes * 60,
  };
}

/** The home region first: an image is built and tested there even when its own list leaves it out. */
export function regionsOf(config: FactoryConfig, image: ImageDefinition): [RegionTarget, ...RegionTarget[]] {
  const [home, ...others] = config.regions;
  if (!home) throw new Error("factory.yaml: regions: names none");
  return [home, ...others.filter((region) => image.regions?.includes(region.name) ?? true)];
}

function expiry(build: string, hours: number): string {
  const { started } = parseBuildId(build);
  return new Date(started.getTime() + hours * 3_600_000).toISOString().replace(/\.\d+Z$/, "Z");
}

/**
 * What the plan needs of the cloud and of this machine.
 * @param imageId the image that the build host booted from
 */
export async function planLookUps(
  deployment: Deployment,
  imageId: string | undefined,
): Promise<Pick<PlanInput, "mirrors" | "network" | "base">> {
  const { factory, infrastructure } = deployment.config;
  const session = deployment.project("build");
  const [network, group, image] = await Promise.all([
    oneByName(session, "networks", names.network(deployment.config)),
    oneByName(session, "security-groups", names.node(factory, "test-instance")),
    imageId === undefined ? undefined : getImage(session, imageId),
  ]);
  const base = image && baseOf(image);
  return {
    ...(base && { base }),
    mirrors: resolveMirrors(infrastructure.mirrors),
    network: { networkId: network.id, securityGroupId: group.id },
  };
}

/** An image that hosts boot from, by its hash; undefined where Glance tells none. */
export function baseOf({ name, os_hash_value: hash }: GlanceImage): BuildPlan["base"] {
  return hash === null ? undefined : { name: name ?? "", hash };
}
