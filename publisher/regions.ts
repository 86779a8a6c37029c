/** The regions' images as the rotation sees them, and whether what they store is what was built. */
import { releasedOn, rotationImage } from "../model/released-image";
import type { PublishRequest } from "../model/publish-request";
import type { RegionListing } from "../model/rotation";
import type { GlanceImage } from "../openstack/glance";
import { Refusal, type Publisher, type RegionPort } from "./ports";

type Regions = Pick<Publisher, "regions" | "say">;

export interface ListedRegion {
  readonly port: RegionPort;
  /** Undefined: could not be listed. */
  readonly images: readonly GlanceImage[] | undefined;
  readonly listing: RegionListing;
}

/** All regions that the image is in, at once. One that fails is told as incomplete. */
export async function listRegions(
  { regions }: Regions,
  { image, title, names }: { readonly image: string; readonly title: string; readonly names: readonly string[] },
): Promise<ListedRegion[]> {
  return Promise.all(
    regions
      .filter(({ name }) => names.includes(name))
      .map(async (port): Promise<ListedRegion> => {
        try {
          const [images, strangers] = await Promise.all([port.images(image), port.strangers(title)]);
          const seen = await Promise.all(
            // Only what is on its way out can be deleted, so only of that it has to be known.
            images.map(async (one) => {
              const leaves = releasedOn(one) !== undefined && one["image_factory_retired"] !== undefined;
              return rotationImage(one, leaves ? await port.inUse(one.id) : undefined);
            }),
          );
          return { port, images, listing: { region: port.name, images: seen.flatMap((one) => one ?? []), strangers } };
        } catch (error) {
          const incomplete = error instanceof Error ? error.message : String(error);
          return { port, images: undefined, listing: { region: port.name, images: [], incomplete } };
        }
      }),
  );
}

/** Reads the image out of every region and compares it with the file that was built, tested and signed. */
export async function verifyStored(publisher: Regions, request: PublishRequest): Promise<void> {
  const built = imageArtefact(request);
  for (const asked of request.regions) {
    const port = publisher.regions.find(({ name }) => name === asked.name);
    if (!port) throw new Refusal(`region ${asked.name} is asked for and is not one that the publisher publishes in`);
    const image = await port.image(asked.imageId);
    const where = `${asked.name}: image ${asked.imageId}`;
    if (!image) throw new Refusal(`${where}: there is none`);
    if (image["image_factory_build"] !== request.build)
      throw new Refusal(`${where}: says that it is of build ${String(image["image_factory_build"])}`);
    const { algorithm, value } = asked.hash;
    const found = await port.digests(image.id, [...new Set(["sha256", algorithm])]);
    if (found[algorithm] !== value) throw new Refusal(`${where}: its bytes are not those that the request tells of`);
    if (image.os_hash_value !== null && image.os_hash_algo === algorithm && image.os_hash_value !== value)
      throw new Refusal(`${where}: Glance's own hash of it is another one`);
    if (found["sha256"] !== built.sha256)
      throw new Refusal(`${where}: its bytes are not those of ${built.path}, which was tested and signed`);
    publisher.say(`${where}: read again, sha256 ${built.sha256.slice(0, 16)}… as built`);
  }
}

/** The image file among a request's artefacts. Throws a Refusal when there is none. */
export function imageArtefact({ build, artefacts }: PublishRequest): PublishRequest["artefacts"][number] {
  const found = artefacts.find(({ path }) => path === `${build}.qcow2`);
  if (!found) throw new Refusal(`the request lists no ${build}.qcow2`);
  return found;
}
