/** Makes a build as old as a test needs it: what is in the cloud of it says that its time is over. */
import { listVolumes } from "../../../openstack/cinder";
import { list, setTags } from "../../../openstack/neutron";
import { listServers } from "../../../openstack/nova";
import type { Session } from "../../../openstack/session";

const PAST = "2026-01-01T00:00:00Z";

/** Everything that carries the build's tag in a project expires long ago. */
export async function expire(session: Session, build: string): Promise<void> {
  const older = (tags: readonly string[]): string[] =>
    tags.map((tag) => (tag.startsWith("expires=") ? `expires=${PAST}` : tag));
  const wanted = [`build=${build}`];
  for (const { id, tags } of await listServers(session, { tags: wanted })) {
    const headers = { "openstack-api-version": "compute 2.60" };
    await session.json({
      service: "compute",
      method: "PUT",
      path: `/servers/${id}/tags`,
      headers,
      json: { tags: older(tags) },
    });
  }
  for (const kind of ["ports", "security-groups"] as const)
    for (const { id, tags } of await list(session, kind, { tags: wanted }))
      await setTags(session, kind, id, older(tags));
  for (const { id, metadata } of await listVolumes(session, { metadata: { image_factory_build: build } })) {
    const json = { metadata: { ...metadata, image_factory_expires: PAST } };
    await session.json({ service: "block-storage", method: "PUT", path: `/volumes/${id}/metadata`, json });
  }
}
