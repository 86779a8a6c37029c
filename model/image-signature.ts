/**
 * Glance's image signature: over the bytes that are uploaded, by a key whose certificate lies in the key manager of each
 * region. Glance verifies it at the upload, Nova at each boot where it is told to.
 */

/** What the build host has to know to have images signed, and to check what it gets; no secret is in it. */
export interface ImageSigning {
  /** The key in the deploying side's gpg-agent: 40 hex digits. */
  readonly keygrip: string;
  readonly keyType: "ECC_SECP384R1";
  readonly hashMethod: "SHA-384";
  /** PEM of the key's X.509 certificate. */
  readonly certificate: string;
  /** Name of a region → UUID of the certificate there. A region that is missing takes no signature. */
  readonly certificates: Readonly<Record<string, string>>;
  /**
   * Regions whose Glance can verify at the upload with the build host's own credential: there the signature is told at
   * the image's creation. Elsewhere it is added when the data is in, for Nova.
   */
  readonly verifiedAtUpload: readonly string[];
}

export interface ImageSignature {
  readonly keygrip: string;
  readonly keyType: string;
  readonly hashMethod: string;
  /** Base64 of the DER form; Glance takes 255 characters. */
  readonly value: string;
}

/** When a region is told the signature: with the image's creation, or once its data is there. */
export type SignatureMoment = "create" | "active";

/** The four properties for one region at one moment; none of them where it is another moment, or no certificate is. */
export function signatureProperties(
  signing: Pick<ImageSigning, "certificates" | "verifiedAtUpload"> | undefined,
  signature: ImageSignature | undefined,
  { region, moment }: { readonly region: string; readonly moment: SignatureMoment },
): Readonly<Record<string, string>> {
  const certificate = signing?.certificates[region];
  if (signing === undefined || certificate === undefined || signature === undefined) return {};
  if (signing.verifiedAtUpload.includes(region) !== (moment === "create")) return {};
  return {
    img_signature: signature.value,
    img_signature_hash_method: signature.hashMethod,
    img_signature_key_type: signature.keyType,
    img_signature_certificate_uuid: certificate,
  };
}

/** What a build host asks the deploying side for: that this image of the build is told its signature. */
export interface SignatureRequest {
  readonly region: string;
  readonly imageId: string;
  readonly properties: Readonly<Record<string, string>>;
}

const PROPERTIES: readonly string[] = [
  "img_signature",
  "img_signature_hash_method",
  "img_signature_key_type",
  "img_signature_certificate_uuid",
];

/** The request as an event's data. */
export function signatureRequestData(request: SignatureRequest): Readonly<Record<string, unknown>> {
  return { needsSignature: request };
}

/** The request in an event's data; undefined when there is none, or one that asks for anything else. */
export function signatureRequestIn(data: Readonly<Record<string, unknown>> | undefined): SignatureRequest | undefined {
  const asked = data?.["needsSignature"] as Partial<SignatureRequest> | null | undefined;
  if (typeof asked?.region !== "string" || typeof asked.imageId !== "string") return undefined;
  const properties = Object.entries(asked.properties ?? {});
  const fits = properties.every(([name, value]) => PROPERTIES.includes(name) && typeof value === "string");
  return fits && properties.length === PROPERTIES.length ? (asked as SignatureRequest) : undefined;
}
