/** The key that signs images for Glance, in the deploying side's agent: found, made where it is to be, proven. */
import { createHash, type KeyObject } from "node:crypto";
import { signDigest, verifyBytes } from "../stages/lib/agent-sign";
import type { Deployment } from "./deployment";
import { GnupgHome } from "./gnupg";
import { IMAGE_KEY } from "./gnupg-keys";
import { messageOf, UserError } from "./user-error";

export interface ImageKey {
  readonly keygrip: string;
  readonly publicKey: KeyObject;
  /** The DER signature of these bytes, hashed by SHA-384. */
  readonly sign: (content: Buffer) => Promise<Buffer>;
}

/** Undefined when images are not to be signed. Throws a UserError for a key that is not there, or on another curve. */
export async function openImageKey({ config, home }: Deployment): Promise<ImageKey | undefined> {
  const { imageKey: source } = config.signing;
  if (source === "none") return undefined;
  const gnupg = new GnupgHome(home.gnupg);
  // A home that was set up before there were such keys gets one now.
  const fingerprint =
    source === "generate" && !home.keysAreGiven
      ? (await gnupg.ensureKey(IMAGE_KEY, source, imageKeyOwner(config), () => Promise.resolve(""))).fingerprint
      : gnupg.fingerprint(IMAGE_KEY, source);
  // says in one line that there is none
  await gnupg.publicKey(fingerprint, IMAGE_KEY);
  const keygrip = await gnupg.keygrip(fingerprint, IMAGE_KEY.algorithm);
  if (keygrip === undefined)
    throw new UserError(
      `signing.imageKey: ${fingerprint} in ${home.gnupg} has no key on the curve P-384 that may sign; make one: ` +
        "gpg --quick-generate-key NAME nistp384 sign never",
    );
  const sign = async (content: Buffer): Promise<Buffer> =>
    signDigest({ socket: await gnupg.agentSocket(), keygrip }, createHash("sha384").update(content).digest());
  return { keygrip, publicKey: await gnupg.agentKey(keygrip), sign };
}

/** The key's name in its OpenPGP form. */
export function imageKeyOwner({ factory, notify }: Deployment["config"]): string {
  return `Image Factory ${factory}, image signatures <${notify.from}>`;
}

/** Signs as a stage will, through the agent's restricted socket. Throws a UserError when that fails. */
export async function proveImageKey({ keygrip, publicKey, sign }: ImageKey): Promise<void> {
  const proof = Buffer.from("proof");
  const signature = await sign(proof).catch((error: unknown) => {
    throw new UserError(`signing.imageKey: key ${keygrip} can not sign now (${messageOf(error)})`, { cause: error });
  });
  if (verifyBytes(proof, signature, publicKey)) return;
  throw new UserError(`signing.imageKey: key ${keygrip} makes signatures that are not its own; check the token`);
}
