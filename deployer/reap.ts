/** `factory reap`: ends builds that have expired, whoever started them, wherever their Terraform state is. */
import { stageStatuses } from "../model/events";
import { expiredBuilds, tagsOfMetadata, type ExpiredBuild, type Tagged } from "../model/expired-builds";
import { beatOf, beats, heldMessage, holderLives, LEASE_SECONDS } from "../model/lease";
import { names, tags } from "../model/naming";
import { listVolumes } from "../openstack/cinder";
import { listImages } from "../openstack/glance";
import { list } from "../openstack/neutron";
import { listServers } from "../openstack/nova";
import { mergedEvents } from "./build-state";
import { cdktf } from "./cdktf";
import type { Deployment } from "./deployment";
import { destroyed, shareIfThere } from "./destroyed";
import { LeaseKeeper } from "./lease";
import { sessionIdentity } from "./session-identity";
import { buildOfStack } from "./stack-state";
import { stateStore } from "./states/store";
import type { Store } from "./store";
import { messageOf } from "./user-error";

export interface Reapable extends ExpiredBuild {
  /** Why it stays all the same. */
  readonly stays?: string;
}

/** What could be reaped, oldest first. Throws when anything can't be listed: what is not seen is not "nothing there". */
export async function reapable(deployment: Deployment, say: (line: string) => void): Promise<Reapable[]> {
  const { factory } = deployment.config;
  const expired = expiredBuilds(await taggedThings(deployment), factory, new Date());
  if (expired.length === 0) return [];
  const store = await shareIfThere(deployment, say);
  const keeper = store && new LeaseKeeper(store, await sessionIdentity());
  const found: Reapable[] = [];
  for (const build of expired) {
    const own = await withoutPublished(store, build);
    if (own) found.push({ ...own, ...(store && keeper && (await whyItStays(store, keeper, own))) });
  }
  return found;
}

/**
 * Ends these builds, one after the other, each as its own destroy would. Every one is tried.
 * @returns what failed, one line each
 */
export async function reap(
  deployment: Deployment,
  builds: readonly Reapable[],
  say: (line: string) => void,
): Promise<string[]> {
  const problems: string[] = [];
  for (const { build, image } of builds.filter(({ stays }) => stays === undefined)) {
    const stack = names.buildStack(image);
    say(`build ${build} has expired: it ends now`);
    try {
      // Terraform's own way wherever its state is ours: else the state would tell of what is gone.
      if ((await buildOfStack(stateStore(deployment), stack)) === build)
        await cdktf(deployment, { command: "destroy", stack, say });
      else await destroyed(deployment, { image, build }, say);
    } catch (error) {
      problems.push(`${build}: ${messageOf(error)}`);
    }
  }
  return problems;
}

/** Everything in the build project and in the regions that carries this factory's tag. */
async function taggedThings(deployment: Deployment): Promise<Tagged[]> {
  const wanted = { factory: deployment.config.factory };
  const session = deployment.project("build");
  const [servers, ports, groups, volumes, ...images] = await Promise.all([
    listServers(session, { tags: tags(wanted) }),
    list(session, "ports", { tags: tags(wanted) }),
    list(session, "security-groups", { tags: tags(wanted) }),
    listVolumes(session),
    ...deployment.config.regions.map(async (region) => {
      const found = await listImages(deployment.region(region), { tags: tags(wanted) });
      return found.filter(({ visibility }) => visibility === "private");
    }),
  ]);
  const kind = (name: string, things: readonly { readonly tags?: readonly string[] }[]): Tagged[] =>
    things.map((thing) => ({ kind: name, tags: thing.tags ?? [] }));
  return [
    ...kind("servers", servers),
    ...kind("ports", ports),
    ...kind("security groups", groups),
    ...volumes.map(({ metadata }) => ({ kind: "volumes", tags: tagsOfMetadata(metadata) })),
    ...kind(IMAGES, images.flat()),
  ];
}

const IMAGES = "images";

/** Images whose publication was asked for are the publisher's; a build of which only they are left has had its end. */
async function withoutPublished(store: Store | undefined, build: ExpiredBuild): Promise<ExpiredBuild | undefined> {
  const { [IMAGES]: images = 0, ...others } = build.left;
  const statuses = store && stageStatuses(mergedEvents(await store.readBuild(build.build)));
  // Without the share nobody can rule it out.
  const published =
    !statuses || statuses.some(({ name, state }) => name === "request-publication" && state === "succeeded");
  if (images === 0 || !published) return build;
  return Object.keys(others).length === 0 ? undefined : { ...build, left: others };
}

/** Expired or not: what is being worked on is nobody's leftover. */
async function whyItStays(
  store: Store,
  keeper: LeaseKeeper,
  { build, image }: ExpiredBuild,
): Promise<{ readonly stays?: string }> {
  const found = await keeper.look(image);
  const { heartbeat, now } = await store.readLease(image);
  const beat = beatOf(build, heartbeat);
  if (beat && beats(beat, now))
    return { stays: `its runner gave a sign of life within the last ${LEASE_SECONDS.heartbeat} s` };
  if (found.lease?.build === build && holderLives(found)) return { stays: heldMessage(found.lease, now) };
  return {};
}
