/** What Glance tells of an image of the factory, as rotation and catalogue understand it. Pure. */
import { BUILD_ID } from "./naming";
import type { RotationImage } from "./rotation";

/** As much of Glance's image as is looked at here. */
export interface StoredImageFacts {
  readonly id: string;
  readonly name: string | null;
  readonly status: string;
  readonly visibility: string;
  readonly os_hidden: boolean;
  readonly protected: boolean;
  readonly [property: string]: unknown;
}

const text = (image: StoredImageFacts, key: string): string | undefined => {
  const value = image[key];
  return typeof value === "string" ? value : undefined;
};

/** Undefined for one that says of no build that it is its image. */
export function rotationImage(image: StoredImageFacts, inUse: boolean | undefined): RotationImage | undefined {
  const build = text(image, "image_factory_build");
  if (build === undefined || !BUILD_ID.test(build)) return undefined;
  return {
    id: image.id,
    build,
    name: image.name ?? "",
    status: image.status,
    visibility: image.visibility,
    hidden: image.os_hidden,
    purpose: text(image, "os_purpose") ?? "custom",
    uuidValidity: text(image, "uuid_validity") ?? "none",
    released: releasedOn(image),
    retired: text(image, "image_factory_retired"),
    protected: image.protected,
    inUse,
  };
}

/** The day that it was first published; undefined: never. */
export const releasedOn = (image: StoredImageFacts): string | undefined => text(image, "image_factory_released");

const SIGNATURE = [
  "img_signature",
  "img_signature_hash_method",
  "img_signature_key_type",
  "img_signature_certificate_uuid",
] as const;

/** The properties by which Nova verifies it, as far as it has them. */
export function signatureProperties(image: StoredImageFacts): Readonly<Record<string, string>> {
  return Object.fromEntries(
    SIGNATURE.flatMap((key) => {
      const value = text(image, key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

export const isVerifiable = (image: StoredImageFacts): boolean =>
  SIGNATURE.length === Object.keys(signatureProperties(image)).length;
