/** The factory's keys, and what gpg and its agent tell of keys. Pure. */
import { createPublicKey, type KeyObject } from "node:crypto";
import { UserError } from "./user-error";

/** One of the factory's keys: how it is configured, remembered and made. */
export interface KeyKind {
  /** Where factory.yaml names it. */
  readonly key: string;
  /** Name of the file in the home that remembers the key that was made, or imported. */
  readonly remembered: string;
  /** As gpg calls the algorithm of what signs. */
  readonly algorithm: "ed25519" | "nistp384";
  /** Whether a subkey signs, which can be replaced without a new identity. */
  readonly subkey: boolean;
}

/** Signs what people download (OpenPGP). */
export const SIGNING_KEY: KeyKind = {
  key: "signing.key",
  remembered: "factory-signing-key",
  algorithm: "ed25519",
  subkey: true,
};

/** Signs images for Glance, and provenance; what its OpenPGP form is good for is that gpg's tools carry it. */
export const IMAGE_KEY: KeyKind = {
  key: "signing.imageKey",
  remembered: "factory-image-key",
  algorithm: "nistp384",
  subkey: false,
};

/** A key or subkey that is neither expired nor revoked. */
export interface KeyRow {
  readonly curve: string;
  readonly signs: boolean;
  /** Seconds since 1970. */
  readonly expires?: number;
  readonly keygrip: string;
  readonly fingerprint: string;
}

/** Letters of validity of a key that signs no more. */
const USELESS = /^[idre]$/;

/** Pure: the usable keys and subkeys in `gpg --with-colons --with-keygrip --list-keys`, as they were made. */
export function keyRows(colons: string): KeyRow[] {
  const rows: KeyRow[] = [];
  let open: Omit<KeyRow, "keygrip"> | undefined;
  for (const fields of colons.split("\n").map((line) => line.split(":"))) {
    const [record = "", validity = ""] = fields;
    if (record === "pub" || record === "sub") {
      // Small letters are what this very key may do.
      const signs = (fields[11] ?? "").includes("s");
      const expires = fields[6] ? { expires: Number(fields[6]) } : {};
      open = USELESS.test(validity) ? undefined : { curve: fields[16] ?? "", signs, ...expires, fingerprint: "" };
    }
    if (record === "fpr" && open) open = { ...open, fingerprint: fields[9] ?? "" };
    if (record === "grp" && open) {
      rows.push({ ...open, keygrip: fields[9] ?? "" });
      open = undefined;
    }
  }
  return rows;
}

/** An uncompressed point of P-384 (a byte 4, then both coordinates) as a public key. */
export function p384Key(point: Buffer): KeyObject {
  if (point.length !== 97 || point[0] !== 4) throw new UserError("signing.imageKey: is no key on the curve P-384");
  const [x, y] = [point.subarray(1, 49), point.subarray(49)].map((part) => part.toString("base64url"));
  return createPublicKey({ format: "jwk", key: { kty: "EC", crv: "P-384", x: x ?? "", y: y ?? "" } });
}
