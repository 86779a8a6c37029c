/** The signature of an image that Glance could not verify at the upload: the deploying side adds it, for Nova. */
import { signatureRequestData } from "../../model/image-signature";
import type { RegionTarget } from "../../model/region";
import { getImage } from "../../openstack/glance";
import { StageError } from "./errors";
import { laterProperties } from "./new-image";
import { SIGNER_TIMEOUT } from "./signer";
import type { StageContext } from "./stage";
import { poll } from "./wait";

/** Seconds: between two looks at the image, and until nobody is waited for any more. */
const PATIENCE = { every: 2, timeout: SIGNER_TIMEOUT };

/**
 * Has an active image told its signature, where that is to happen now. This host's credential can change no image: it
 * could make one visible to others.
 */
export async function tellSignature(
  context: StageContext,
  target: RegionTarget,
  imageId: string,
  { every, timeout }: typeof PATIENCE = PATIENCE,
): Promise<void> {
  const properties = laterProperties(context, target.name);
  if (Object.keys(properties).length === 0) return;
  const session = await context.session(target);
  const isTold = async (): Promise<true | undefined> => {
    const image = await getImage(session, imageId);
    return Object.entries(properties).every(([name, value]) => image?.[name] === value) ? true : undefined;
  };
  if (await isTold()) return;
  const request = { region: target.name, imageId, properties };
  context.progress(`${target.name}: the deploying side tells Glance the signature`, signatureRequestData(request));
  await poll(isTold, {
    every,
    timeout,
    signal: context.signal,
    late: () =>
      new StageError(
        `${target.name}: image ${imageId} has no signature after ${timeout} s: the deploying side adds it while it follows the build; deploy again to resume`,
      ),
  });
}
