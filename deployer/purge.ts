/** What `--purge-data` deletes beside the stack: data that the stack keeps, also when the stack was destroyed before. */
import { ownBuckets } from "../model/buckets";
import { OWNER_TAG } from "../model/naming";
import { deleteImage, listShownAndHidden } from "../openstack/glance";
import { dataVolumes } from "./data-volumes";
import type { Deployment } from "./deployment";
import { purgeCertificates } from "./image-certificate";
import { release } from "./retained";
import { purgeSecrets } from "./secrets/kept";

/** Deletes the factory's volumes, buckets with all their objects, private images, their certificates and generated secrets; tells each. */
export async function purgeData(deployment: Deployment): Promise<string[]> {
  const { factory, buckets } = deployment.config;
  const lines: string[] = [];
  for (const { project, volume } of await dataVolumes(deployment)) {
    const named = { factory, kind: "volume", name: volume.name ?? "" } as const;
    lines.push(await release(deployment.project(project), named, true));
  }
  for (const name of ownBuckets(buckets)) {
    lines.push(await release(deployment.project("production"), { factory, kind: "container", name }, true));
  }
  const kept = lines.filter((line) => !line.endsWith("is gone already"));
  const images = await purgeImages(deployment);
  return [...kept, ...images, ...(await purgeCertificates(deployment)), ...(await purgeSecrets(deployment))];
}

/** Deletes the factory's private images in every region; tells each, and what it leaves. */
async function purgeImages(deployment: Deployment): Promise<string[]> {
  const wanted = [OWNER_TAG, `factory=${deployment.config.factory}`];
  const perRegion = await Promise.all(
    deployment.config.regions.map(async (region) => {
      const session = deployment.region(region);
      const { project } = await session.token();
      const found = await listShownAndHidden(session, { tags: wanted, owner: project.id });
      const lines: string[] = [];
      for (const image of found.filter((one) => wanted.every((tag) => one.tags.includes(tag)))) {
        const what = `image ${image.name ?? image.id} in ${region.name}`;
        if (image.visibility !== "private" || image.protected) {
          lines.push(
            `${what}: kept, it is ${image.protected ? "protected" : image.visibility}; withdraw it by the publishing workflow`,
          );
          continue;
        }
        await deleteImage(session, image.id);
        lines.push(`${what}: deleted`);
      }
      return lines;
    }),
  );
  return perRegion.flat();
}
