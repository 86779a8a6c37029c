/** Stage 7's end: the image's signature for Glance, by the deploying side's key, checked as Glance will. */
import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { ImageSignature } from "../../model/image-signature";
import { certifiedKey, signDigest, verifyFileSignature } from "./agent-sign";
import { ARTEFACTS, toShare } from "./artefacts";
import { StageError } from "./errors";
import { writeAtomic } from "./files";
import { withSigner } from "./signer";
import type { StageContext } from "./stage";

/**
 * Signs the file's SHA-384 and leaves signature and certificate beside it. Undefined when the plan asks for none.
 * @param digest hex
 */
export async function signImage(
  context: StageContext,
  file: string,
  digest: string,
): Promise<ImageSignature | undefined> {
  const { plan, paths, signal } = context;
  if (!plan.imageSigning) return undefined;
  const { keygrip, keyType, hashMethod, certificate } = plan.imageSigning;
  const key = { socket: paths.agentSocket, keygrip, signal };
  const signature = await withSigner(context, async () => signDigest(key, Buffer.from(digest, "hex")));
  if (!(await verifyFileSignature(file, signature, certifiedKey(certificate), signal)))
    throw new StageError(
      `${path.basename(file)}: the signature by key ${keygrip} is not one of the certificate's key; check factory.yaml: signing.imageKey`,
    );
  await mkdir(paths.local, { recursive: true });
  const name = ARTEFACTS.imageSignature(plan.build);
  await writeAtomic(path.join(paths.local, name), signature);
  await writeAtomic(path.join(paths.local, ARTEFACTS.imageCertificate), certificate);
  for (const each of [name, ARTEFACTS.imageCertificate]) await toShare(paths, each, signal);
  return { keygrip, keyType, hashMethod, value: signature.toString("base64") };
}

/** Whether an image that was signed earlier is signed as the plan asks now. */
export function isSignedAs(signature: ImageSignature | undefined, { plan }: Pick<StageContext, "plan">): boolean {
  return signature?.keygrip === plan.imageSigning?.keygrip;
}
