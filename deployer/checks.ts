/** What stage 1 looks at before anything is spent. Each check is independent; all of them run at once. */
import { recipesRoot } from "../config/paths";
import { resolveMirrors } from "../config/apt-mirrors";
import type { ImageDefinition } from "../model/image";
import { BUILD_ID, names, tags } from "../model/naming";
import { volumeLimits } from "../openstack/cinder";
import { listImages } from "../openstack/glance";
import { list, networkQuotas } from "../openstack/neutron";
import { computeLimits, listFlavors, listServers, listZones, type Flavor } from "../openstack/nova";
import type { Session } from "../openstack/session";
import { headContainer } from "../openstack/swift";
import type { Check } from "../stages/initialise";
import { mirrorsOf, missingMirrors } from "../stages/lib/distributions";
import { checkMayIssue } from "./application-credential";
import type { Deployment } from "./deployment";
import { GnupgHome } from "./gnupg";
import { SIGNING_KEY } from "./gnupg-keys";
import { openImageKey, proveImageKey } from "./image-key";
import { catalogueProblems, regionProblems, sizeProblems } from "./image-checks";
import { deadMirrors } from "./mirrors";
import { regionsOf } from "./plan";
import { shortages } from "./quota";
import { localRecipes, remoteCommit } from "./recipes";
import { messageOf } from "./user-error";

/** Seconds: Keystone's tokens, TLS and signatures all take offence at more. */
const LARGEST_SKEW = 60;

export interface BuildSubject {
  readonly image: ImageDefinition;
  readonly build: string;
}

export function buildChecks(deployment: Deployment, subject: BuildSubject): Check[] {
  const all: Record<string, () => Promise<readonly string[]>> = {
    credentials: () => credentials(deployment),
    clocks: () => clocks(deployment),
    "no other build": () => noOtherBuild(deployment, subject),
    "flavors, images, zones, networks": () => ingredients(deployment),
    quota: () => quota(deployment),
    "catalogue entry": () => catalogueEntry(deployment, subject),
    regions: () => regions(deployment, subject),
    mirrors: () => mirrors(deployment, subject),
    buckets: () => buckets(deployment),
    "signing keys": () => signingKeys(deployment),
    recipes: () => recipes(deployment),
  };
  return Object.entries(all).map(([name, run]) => ({ name, run }));
}

/** Each clouds.yaml entry that a build uses, once. */
function sessions(deployment: Deployment): Session[] {
  const used = [
    deployment.project("build"),
    ...deployment.config.regions.map((one) => deployment.region(one)),
    deployment.project("production"),
  ];
  return [...new Map(used.map((session) => [session.cloud, session])).values()];
}

/** The messages of all that were rejected. */
async function failures(work: readonly Promise<unknown>[]): Promise<string[]> {
  const results = await Promise.allSettled(work);
  return results.flatMap((one) => (one.status === "rejected" ? [(one.reason as Error).message] : []));
}

function credentials(deployment: Deployment): Promise<string[]> {
  return failures(sessions(deployment).map((session) => checkMayIssue(session)));
}

async function clocks(deployment: Deployment): Promise<string[]> {
  const skews = await Promise.all(
    sessions(deployment).map(async (session) => {
      const before = Date.now();
      const { headers } = await session.request({ service: "identity", method: "GET", path: "" });
      return { cloud: session.cloud, skew: clockSkew(headers.date, before, Date.now()) };
    }),
  );
  return skews
    .filter(({ skew }) => skew > LARGEST_SKEW)
    .map(
      ({ cloud, skew }) =>
        `${cloud}: its clock and this machine's differ by ${Math.round(skew)} s; set this machine's (timedatectl)`,
    );
}

/** Seconds between a service's clock and ours, beyond what the request itself took. */
export function clockSkew(date: string | undefined, sent: number, received: number): number {
  const theirs = Date.parse(date ?? "");
  if (Number.isNaN(theirs)) return 0;
  // The header has whole seconds.
  return Math.max(0, sent - (theirs + 1000), theirs - received) / 1000;
}

async function noOtherBuild(deployment: Deployment, { image, build }: BuildSubject): Promise<string[]> {
  const { factory } = deployment.config;
  const servers = await listServers(deployment.project("build"), { tags: tags({ factory, image: image.name }) });
  return servers
    .filter((server) => server.name !== build && server.tags.includes(`build=${server.name}`))
    .map(
      ({ name, created }) =>
        `image ${image.name}: build ${name} still has its host (made ${created}); end it first: cdktf destroy ${names.buildStack(image.name)}`,
    );
}

async function ingredients(deployment: Deployment): Promise<string[]> {
  const session = deployment.project("build");
  const { factory, network, nodes } = deployment.config;
  const [flavors, zones, images, networks, groups, external] = await Promise.all([
    listFlavors(session),
    listZones(session),
    listImages(session, { name: nodes.buildHost.image, status: "active" }),
    list(session, "networks", { name: names.network(deployment.config) }),
    list(session, "security-groups", { name: names.node(factory, "test-instance") }),
    list(session, "networks", { fields: { "router:external": "true" } }),
  ]);
  const flavorNames = flavors.map((flavor) => flavor.name);
  const missing = (key: string, value: string, known: readonly string[]): string[] =>
    known.includes(value)
      ? []
      : [`${deployment.configFile}: ${key}: ${session.cloud} has no "${value}"; it has ${known.join(", ") || "none"}`];
  return [
    ...missing("nodes.buildHost.flavor", nodes.buildHost.flavor, flavorNames),
    ...missing("nodes.testInstance.flavor", nodes.testInstance.flavor, flavorNames),
    ...missing("nodes.buildHost.zone", nodes.buildHost.zone, zones),
    ...missing("nodes.testInstance.zone", nodes.testInstance.zone, zones),
    ...missing(
      "network.external",
      network.external,
      external.map((one) => one.name),
    ),
    ...(images.length > 0 ? [] : [await noHostImage(deployment, session)]),
    ...(networks.length > 0 && groups.length > 0
      ? []
      : [`${session.cloud}: the factory's network or security groups are missing; deploy it: cdktf deploy factory`]),
  ];
}

/** What there is instead of the image that build hosts boot. Images of builds are none to boot from, and may be many. */
async function noHostImage(deployment: Deployment, session: Session): Promise<string> {
  const images = await listImages(session, { status: "active" });
  const known = [...new Set(images.flatMap(({ name }) => name ?? []))].filter((name) => !BUILD_ID.test(name)).sort();
  const told = [...known.slice(0, MOST_TOLD), ...(known.length > MOST_TOLD ? ["…"] : [])].join(", ") || "none";
  const { image } = deployment.config.nodes.buildHost;
  return `${deployment.configFile}: nodes.buildHost.image: ${session.cloud} has no active image "${image}"; it has ${told}`;
}

/** Names in a message. */
const MOST_TOLD = 20;

async function quota(deployment: Deployment): Promise<string[]> {
  const session = deployment.project("build");
  const { nodes } = deployment.config;
  const [compute, volumes, network, flavors] = await Promise.all([
    computeLimits(session),
    volumeLimits(session),
    networkQuotas(session),
    listFlavors(session),
  ]);
  const needs = buildNeeds(nodes, flavors);
  const neutron = (name: string) => ({ used: network[name]?.used ?? 0, max: network[name]?.limit ?? -1 });
  return shortages(session.cloud, [
    { what: "instances", needs: needs.instances, allowance: compute.instances },
    { what: "cores", needs: needs.cores, allowance: compute.cores },
    { what: "MiB of RAM", needs: needs["MiB of RAM"], allowance: compute.ramMiB },
    { what: "volumes", needs: needs.volumes, allowance: volumes.volumes },
    { what: "GiB of volumes", needs: needs["GiB of volumes"], allowance: volumes.gigabytes },
    { what: "ports", needs: needs.ports, allowance: neutron("port") },
    { what: "security groups", needs: needs["security groups"], allowance: neutron("security_group") },
  ]);
}

/** What a build takes: the build host with its volume, and the test instance, each with a port. */
export function buildNeeds({ buildHost, testInstance }: Deployment["config"]["nodes"], flavors: readonly Flavor[]) {
  const wanted = [buildHost.flavor, testInstance.flavor].map((name) => flavors.find((flavor) => flavor.name === name));
  const sum = (of: "vcpus" | "ram"): number => wanted.reduce((total, flavor) => total + (flavor?.[of] ?? 0), 0);
  return {
    instances: 2,
    cores: sum("vcpus"),
    "MiB of RAM": sum("ram"),
    volumes: 1,
    "GiB of volumes": buildHost.scratchGiB,
    ports: 2,
    "security groups": 1,
  };
}

async function regions(deployment: Deployment, { image }: BuildSubject): Promise<readonly string[]> {
  const targets = regionsOf(deployment.config, image);
  const looks = await Promise.allSettled(
    targets.map(async (target) => regionProblems(deployment.region(target), target)),
  );
  return looks.flatMap((one) => (one.status === "fulfilled" ? one.value : [messageOf(one.reason)]));
}

async function catalogueEntry(deployment: Deployment, { image }: BuildSubject): Promise<string[]> {
  const { config, configFile } = deployment;
  const flavors = await listFlavors(deployment.project("build"));
  return [
    ...catalogueProblems(image, config, new Date()),
    ...missingMirrors(image, config.infrastructure.mirrors).map((problem) => `${configFile}: ${problem}`),
    ...sizeProblems(image, config, { flavors, configFile }),
  ];
}

function mirrors({ config, configFile }: Deployment, { image }: BuildSubject): Promise<string[]> {
  return deadMirrors(mirrorsOf(image, resolveMirrors(config.infrastructure.mirrors)), configFile);
}

async function buckets(deployment: Deployment): Promise<string[]> {
  const session = deployment.project("production");
  const { requests, staging } = deployment.config.buckets;
  const found = await Promise.all(
    [requests, staging].map(async (name) => ({ name, facts: await headContainer(session, name) })),
  );
  return found
    .filter(({ facts }) => !facts)
    .map(({ name }) => `${session.cloud}: there is no bucket ${name}; deploy the factory: cdktf deploy factory`);
}

function signingKeys(deployment: Deployment): Promise<string[]> {
  const gnupg = new GnupgHome(deployment.home.gnupg);
  const openPgp = async (): Promise<void> =>
    gnupg.proveSigning(gnupg.fingerprint(SIGNING_KEY, deployment.config.signing.key));
  const image = async (): Promise<void> => {
    const key = await openImageKey(deployment);
    if (key) await proveImageKey(key);
  };
  return failures([openPgp(), image()]);
}

async function recipes(deployment: Deployment): Promise<string[]> {
  const { git, mirrors } = deployment.config.infrastructure;
  resolveMirrors(mirrors);
  await (git ? remoteCommit(git.url, git.ref) : localRecipes(recipesRoot(deployment.root)));
  return [];
}
