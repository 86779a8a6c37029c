/** What a build host is told of image signatures. */
import { signatureProperties, type ImageSigning } from "../model/image-signature";
import type { BuildPlan, Credentials } from "../model/plan";
import { sessionFor } from "../stages/lib/context";
import type { Deployment } from "./deployment";
import { imageCertificate } from "./image-certificate";
import { openImageKey, type ImageKey } from "./image-key";
import { verifiesAtUpload } from "./signature-probe";

export interface PreparedSigning {
  readonly key: ImageKey;
  readonly signing: ImageSigning;
}

/** Key and certificates for a build's regions; undefined when images are not to be signed. Tells regions without. */
export async function prepareImageSigning(
  deployment: Deployment,
  { home, regions }: Pick<BuildPlan, "home" | "regions">,
  say: (line: string) => void,
): Promise<PreparedSigning | undefined> {
  const key = await openImageKey(deployment);
  if (!key) return undefined;
  const { certificate, ids, without } = await imageCertificate(deployment, key, [home, ...regions]);
  without.forEach(say);
  const { keygrip } = key;
  const fixed = { keyType: "ECC_SECP384R1", hashMethod: "SHA-384" } as const;
  return { key, signing: { keygrip, ...fixed, certificate, certificates: ids, verifiedAtUpload: [] } };
}

/** The same with the regions whose Glance verifies what a build host uploads; tells those where only Nova can. */
export async function probeRegions(
  { key, signing }: PreparedSigning,
  plan: Pick<BuildPlan, "build" | "tags" | "home" | "regions">,
  credentials: Credentials,
  say: (line: string) => void,
): Promise<ImageSigning> {
  const content = Buffer.from(`signature probe of build ${plan.build}\n`);
  const value = (await key.sign(content)).toString("base64");
  const targets = [plan.home, ...plan.regions].filter(({ name }) => signing.certificates[name] !== undefined);
  const verified = await Promise.all(
    targets.map(async ({ name, cloud, region }) => {
      const credential = credentials[cloud];
      if (!credential) throw new Error(`${cloud}: no credential was issued for it`);
      const trial = { ...signing, verifiedAtUpload: [name] };
      const properties = signatureProperties(trial, { ...signing, value }, { region: name, moment: "create" });
      const session = sessionFor(credential, { cloud, region });
      const probe = { session, name: `${plan.build}-signature-probe`, tags: plan.tags, content, properties };
      if (await verifiesAtUpload(probe)) return [name];
      say(`${name}: Glance can not verify what a build host uploads; the signature is told when the image is active`);
      return [];
    }),
  );
  return { ...signing, verifiedAtUpload: verified.flat() };
}
