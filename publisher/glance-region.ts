/** A region's Glance, with an administrator's rights, and who uses its images. */
import { listVolumes } from "../openstack/cinder";
import { hasStatus } from "../openstack/errors";
import * as glance from "../openstack/glance";
import { listServers } from "../openstack/nova";
import type { Session } from "../openstack/session";
import type { RegionPort } from "./ports";

export interface GlanceRegionOptions {
  readonly name: string;
  readonly session: Session;
  readonly factory: string;
  /** Keystone's address, as customers reach it. */
  readonly authUrl: string;
}

export function glanceRegion({ name, session, factory, authUrl }: GlanceRegionOptions): RegionPort {
  /** Glance lists community images only with "all". */
  const everywhere = (filter: glance.ImageFilter): Promise<glance.GlanceImage[]> =>
    glance.listShownAndHidden(session, { ...filter, visibility: "all" });
  let volumes: Promise<ReadonlySet<string>> | undefined;
  return {
    name,
    region: session.region ?? name,
    authUrl,
    images: (image) => everywhere({ properties: { image_factory: factory, image_factory_image: image } }),
    async strangers(title) {
      const named = await glance.listImages(session, { name: title, visibility: "all" });
      const seen = named.filter(({ visibility }) => visibility === "public" || visibility === "community");
      return seen.filter((one) => one["image_factory"] !== factory).map(({ id }) => id);
    },
    image: (id) => glance.getImage(session, id),
    async change(image, changes) {
      const patches = Object.entries(changes).flatMap(([key, value]): glance.ImageChange[] => {
        const path = `/${key}`;
        const there = image[key] !== undefined;
        if (value === null) return there ? [{ op: "remove", path }] : [];
        return [{ op: there ? "replace" : "add", path, value }];
      });
      if (patches.length > 0) await glance.updateImage(session, image.id, patches);
    },
    reactivate: (id) => glance.reactivateImage(session, id),
    deactivate: (id) => glance.deactivateImage(session, id),
    async remove(id) {
      try {
        await glance.deleteImage(session, id);
        return true;
      } catch (error) {
        // A store whose images share their blocks with volumes and snapshots says so.
        if (hasStatus(error, 409)) return false;
        throw error;
      }
    },
    async inUse(id, again = false) {
      try {
        if ((await listServers(session, { image: id, allProjects: true })).length > 0) return true;
        if (again) volumes = undefined;
        volumes ??= imagesOfVolumes(session);
        return (await volumes).has(id);
      } catch {
        return undefined;
      }
    },
    digests: (id, algorithms) => glance.imageDigests(session, id, algorithms),
    async builtOn(image) {
      const snapshots = everywhere({ properties: { base_image_ref: image.id } });
      const hash = image.os_hash_value;
      const builds = hash === null ? [] : everywhere({ properties: { image_factory_base: hash } });
      return [...(await snapshots), ...(await builds)];
    },
  };
}

/** Ids of the images that volumes of any project were made from. */
async function imagesOfVolumes(session: Session): Promise<ReadonlySet<string>> {
  const volumes = await listVolumes(session, { allProjects: true });
  return new Set(volumes.flatMap(({ volume_image_metadata: from }) => from?.["image_id"] ?? []));
}
