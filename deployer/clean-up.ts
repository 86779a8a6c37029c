/** Removes what carries a build's tag, kind by kind. A listing that fails is an error, never "nothing there". */
import { OWNER_TAG, tagMetadata, tags } from "../model/naming";
import { deleteVolume, listVolumes, waitForVolume, waitForVolumeGone } from "../openstack/cinder";
import { deleteImage, listImages } from "../openstack/glance";
import { list, remove } from "../openstack/neutron";
import { deleteKeyPair, deleteServer, listKeyPairs, listServers } from "../openstack/nova";
import { waitForServerGone } from "../openstack/nova-wait";
import type { Session } from "../openstack/session";
import type { BuildName } from "./initialise";
import { messageOf } from "./user-error";

/** Milliseconds that a server or volume may take to go. */
const GONE_WITHIN = 180_000;

export interface CleanUpScope extends BuildName {
  readonly factory: string;
  /** Where servers, ports, volumes are. */
  readonly compute: Session;
  /** Each region that images go to. */
  readonly regions: readonly Session[];
  /** Publication was asked for, or that can't be ruled out: the images belong to the publisher now. */
  readonly keepImages: boolean;
}

/** How many of each kind were there. Every kind is tried; throws one line for each that failed. */
export async function removeBuild(scope: CleanUpScope): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const problems: string[] = [];
  const attempt = async (kind: string, work: () => Promise<number>): Promise<void> => {
    try {
      counts[kind] = await work();
    } catch (error) {
      problems.push(`${kind}: ${messageOf(error)}`);
    }
  };
  // A port, volume or image that a server uses can't be removed before it.
  await attempt("servers", () => servers(scope));
  await Promise.all([
    attempt("ports", () => neutron(scope, "ports")),
    attempt("security groups", () => neutron(scope, "security-groups")),
    attempt("key pairs", () => keyPairs(scope)),
    attempt("volumes", () => volumes(scope)),
    ...(scope.keepImages
      ? []
      : scope.regions.map((session) =>
          attempt(`images in ${session.region ?? session.cloud}`, () => images(scope, session)),
        )),
  ]);
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return counts;
}

const buildTags = ({ factory, image, build }: CleanUpScope): string[] => tags({ factory, image, build });

async function servers(scope: CleanUpScope): Promise<number> {
  const found = await listServers(scope.compute, { tags: buildTags(scope) });
  for (const { id } of found) await deleteServer(scope.compute, id);
  await Promise.all(
    found.map(({ id }) => waitForServerGone(scope.compute, id, { timeout: GONE_WITHIN, interval: 1000 })),
  );
  return found.length;
}

async function neutron(scope: CleanUpScope, kind: "ports" | "security-groups"): Promise<number> {
  const found = await list(scope.compute, kind, { tags: buildTags(scope) });
  for (const { id } of found) await remove(scope.compute, kind, id);
  return found.length;
}

/** Key pairs carry no tags: those whose name begins with the build's id are its own. */
async function keyPairs({ compute, build }: CleanUpScope): Promise<number> {
  const found = (await listKeyPairs(compute)).filter(({ name }) => name === build || name.startsWith(`${build}-`));
  for (const { name } of found) await deleteKeyPair(compute, name);
  return found.length;
}

async function volumes({ compute, ...scope }: CleanUpScope): Promise<number> {
  const { factory, image, build } = scope;
  const found = await listVolumes(compute, { metadata: tagMetadata({ factory, image, build }) });
  const options = { timeout: GONE_WITHIN, interval: 1000 };
  for (const { id, status } of found) {
    // Its server has only just gone: Cinder may not have noticed yet.
    if (["in-use", "detaching"].includes(status)) await waitForVolume(compute, id, "available", options);
    await deleteVolume(compute, id);
  }
  await Promise.all(found.map(({ id }) => waitForVolumeGone(compute, id, options)));
  return found.length;
}

/** Only private ones of our own project: a public image has users. */
async function images({ factory, build }: CleanUpScope, session: Session): Promise<number> {
  const { project } = await session.token();
  const wanted = [OWNER_TAG, `factory=${factory}`, `build=${build}`];
  const listed = await listImages(session, { tags: wanted, owner: project.id });
  const found = listed.filter(
    (one) =>
      one.owner === project.id &&
      one.visibility === "private" &&
      !one.protected &&
      wanted.every((tag) => one.tags.includes(tag)),
  );
  for (const { id } of found) await deleteImage(session, id);
  return found.length;
}
