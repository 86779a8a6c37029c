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
}

export interface ImageSignature {
  readonly keygrip: string;
  readonly keyType: string;
  readonly hashMethod: string;
  /** Base64 of the DER form; Glance takes 255 characters. */
  readonly value: string;
}

/** The four properties in one region; none of them where the region can't verify. */
export function signatureProperties(
  signing: Pick<ImageSigning, "certificates"> | undefined,
  signature: ImageSignature | undefined,
  region: string,
): Readonly<Record<string, string>> {
  const certificate = signing?.certificates[region];
  if (certificate === undefined || signature === undefined) return {};
  return {
    img_signature: signature.value,
    img_signature_hash_method: signature.hashMethod,
    img_signature_key_type: signature.keyType,
    img_signature_certificate_uuid: certificate,
  };
}
