/** Tells images their signature in the name of the deploying side: build hosts may change no image. */
import type { BuildEvent } from "../model/events";
import { signatureRequestIn, type SignatureRequest } from "../model/image-signature";
import { getImage, updateImage } from "../openstack/glance";
import type { Deployment } from "./deployment";
import { messageOf } from "./user-error";

/**
 * Does what a build host's event asks for, if it asks; its own private images only. The host waits for it, so a failure
 * is told and no more. Safe to repeat.
 */
export async function serveSignature(
  deployment: Deployment,
  { build, data, state }: BuildEvent,
  say: (line: string) => void,
): Promise<void> {
  const request = state === "progress" ? signatureRequestIn(data) : undefined;
  if (!request) return;
  try {
    await tell(deployment, build, request);
  } catch (error) {
    say(`${request.region}: image ${request.imageId} was not told its signature: ${messageOf(error)}`);
  }
}

async function tell(deployment: Deployment, build: string, { region, imageId, properties }: SignatureRequest) {
  const target = deployment.config.regions.find(({ name }) => name === region);
  if (!target) throw new Error("there is no such region");
  const session = deployment.region(target);
  const [image, { project }] = await Promise.all([getImage(session, imageId), session.token()]);
  const own = image?.tags.includes(`build=${build}`) === true && image.owner === project.id;
  if (!image || !own || image.visibility !== "private") throw new Error(`it is no private image of build ${build}`);
  const changes = Object.entries(properties).map(([name, value]) => {
    const op: "add" | "replace" = image[name] === undefined ? "add" : "replace";
    return { op, path: `/${name}`, value };
  });
  await updateImage(session, imageId, changes);
}
