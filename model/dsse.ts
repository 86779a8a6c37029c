/** DSSE envelopes (https://github.com/secure-systems-lab/dsse): a payload with signatures over it and its type. */
import { createHash, verify, type KeyObject } from "node:crypto";

export const IN_TOTO = "application/vnd.in-toto+json";
export const PUBLISH_REQUEST = "application/vnd.image-factory.publish-request+json";
export const RELEASE_RECORD = "application/vnd.image-factory.release-record+json";
export const CATALOGUE_TYPE = "application/vnd.image-factory.catalogue+json";
export const SITE_LIST = "application/vnd.image-factory.site-list+json";
export const RELEASE_PLAN = "application/vnd.image-factory.release-plan+json";

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

/** An envelope in a document's text. Throws one line for what is none. */
export function readEnvelope(text: string, name: string): Envelope {
  let value: Partial<Envelope> | null;
  try {
    value = JSON.parse(text) as Partial<Envelope> | null;
  } catch (error) {
    throw new Error(`${name}: is no JSON`, { cause: error });
  }
  const signed = Array.isArray(value?.signatures) ? (value.signatures as readonly unknown[]) : [];
  const whole = signed.every(
    (one) => typeof one === "object" && one !== null && "sig" in one && typeof one.sig === "string",
  );
  if (typeof value?.payload === "string" && typeof value.payloadType === "string" && signed.length > 0 && whole)
    return value as Envelope;
  throw new Error(`${name}: is no DSSE envelope`);
}

/** The payload, when it is of this type and one of these P-384 keys has signed it. Throws one line otherwise. */
export function signedPayload(envelope: Envelope, type: string, keys: readonly KeyObject[], name: string): Buffer {
  if (envelope.payloadType !== type) throw new Error(`${name}: holds ${envelope.payloadType}, not ${type}`);
  const payload = Buffer.from(envelope.payload, "base64");
  const bytes = preAuthEncoding(type, payload);
  const good = envelope.signatures.some(({ sig }) =>
    keys.some((key) => verify("sha384", bytes, key, Buffer.from(sig, "base64"))),
  );
  if (!good) throw new Error(`${name}: is signed by no key that is trusted here`);
  return payload;
}
