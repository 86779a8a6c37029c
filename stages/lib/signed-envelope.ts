/** Envelopes that the image key signs, by the forwarded agent; each is verified as soon as it is made. */
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { envelope } from "../../model/dsse";
import { certifiedKey, signDigest, verifyBytes } from "./agent-sign";
import { StageError } from "./errors";
import { writeAtomic } from "./files";
import type { StageContext } from "./stage";

export interface Enveloped {
  readonly payload: Buffer;
  readonly type: string;
  /** Where it goes to. */
  readonly file: string;
  /** How messages call it. */
  readonly name: string;
}

/** Writes the envelope; where the factory has no image key there is none, and false is given. */
export async function writeEnvelope(
  { plan, paths, signal }: Pick<StageContext, "plan" | "paths" | "signal">,
  { payload, type, file, name }: Enveloped,
): Promise<boolean> {
  await rm(file, { force: true });
  if (!plan.imageSigning) return false;
  const { keygrip, certificate } = plan.imageSigning;
  const key = certifiedKey(certificate);
  const sign = async (bytes: Buffer): Promise<Buffer> => {
    const digest = createHash("sha384").update(bytes).digest();
    const signature = await signDigest({ socket: paths.agentSocket, keygrip, signal }, digest);
    if (!verifyBytes(bytes, signature, key))
      throw new StageError(`${name}: the signature is not one of the image key's certificate`);
    return signature;
  };
  await writeAtomic(file, `${JSON.stringify(await envelope(payload, key, sign, type), null, 1)}\n`);
  return true;
}
