/** With `--purge-data` the images go as well: all that carry the factory's tag and that nobody else uses. */
import { OWNER_TAG } from "../model/naming";
import { deleteImage, listImages } from "../openstack/glance";
import type { Deployment } from "./deployment";

/** Deletes the factory's private images in every region; tells each, and what it leaves. */
export async function purgeImages(deployment: Deployment): Promise<string[]> {
  const wanted = [OWNER_TAG, `factory=${deployment.config.factory}`];
  const perRegion = await Promise.all(
    deployment.config.regions.map(async (region) => {
      const session = deployment.region(region);
      const { project } = await session.token();
      const found = await listImages(session, { tags: wanted, owner: project.id });
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
