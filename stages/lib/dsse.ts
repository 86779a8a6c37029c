/** DSSE envelopes (https://github.com/secure-systems-lab/dsse): a payload with signatures over it and its type. */
import { createHash, type KeyObject } from "node:crypto";

export const IN_TOTO = "application/vnd.in-toto+json";

export interface Envelope {
  readonly payloadType: string;
  /** Base64. */
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** What is signed: type and payload with their lengths, so that neither can be read as something else. */
export function preAuthEncoding(type: string, payload: Buffer): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** SHA-256 of the public key (SPKI, DER), hex: tells readers which key to take, proves nothing. */
export function keyId(key: KeyObject): string {
  return createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex");
}

/** The envelope of a payload that is signed by one key. */
export async function envelope(
  payload: Buffer,
  key: KeyObject,
  sign: (bytes: Buffer) => Promise<Buffer>,
  payloadType = IN_TOTO,
): Promise<Envelope> {
  const signature = await sign(preAuthEncoding(payloadType, payload));
  return {
    payloadType,
    payload: payload.toString("base64"),
    signatures: [{ keyid: keyId(key), sig: signature.toString("base64") }],
  };
}
