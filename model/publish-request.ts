/** The document that asks the publisher to make an image public. Signed as the bytes that it is stored as. */
import { z } from "zod";
import { certificationSchema } from "./image/publication";
import { BUILD_ID } from "./naming";
import { VISIBILITIES } from "./rotation";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "is no SHA-256; 64 hex digits in lower case");
const time = z.iso.datetime().describe("ISO 8601, UTC");

const day = z.iso.date().describe("YYYY-MM-DD");

export const publishRequestSchema = z.strictObject({
  version: z.literal(2, { error: "is not 2; build again with this version of the factory" }),
  factory: z.string().min(1),
  build: z.string().regex(BUILD_ID),
  image: z.strictObject({
    name: z.string().min(1),
    description: z.string(),
    owner: z.email(),
    os: z.strictObject({ distro: z.string(), version: z.string(), codename: z.string(), user: z.string() }),
    architecture: z.string(),
    purpose: z.string().describe("SCS-0102 os_purpose"),
    replaceFrequency: z.string().describe("SCS-0102 replace_frequency"),
    providedUntil: z.string().describe("SCS-0102 provided_until: YYYY-MM-DD, none or notice"),
    uuidValidity: z.string().describe("SCS-0102 uuid_validity"),
    support: z.strictObject({
      from: day.optional(),
      until: day.optional(),
      longTermUntil: day.optional(),
      contact: z.string().optional(),
    }),
    certification: certificationSchema,
  }),
  target: z.strictObject({
    name: z.string().min(1).max(200).describe("What the current image is called in Glance"),
    visibility: z.enum(VISIBILITIES),
  }),
  recipe: z.strictObject({
    commit: z.string().regex(/^[0-9a-f]{40}$/),
    branch: z.string().min(1).nullable().describe("That it was taken from; null: not known"),
    dirty: z.literal(false, { error: "was built from a tree with uncommitted changes; commit them and build again" }),
  }),
  base: z
    .strictObject({ name: z.string(), hash: z.string() })
    .optional()
    .describe("The image that the build host ran, by Glance's hash of it"),
  regions: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        region: z.string().min(1),
        imageId: z.uuid(),
        hash: z.strictObject({ algorithm: z.string().min(1), value: z.string().regex(/^[0-9a-f]{32,128}$/) }),
      }),
    )
    .min(1)
    .describe("Private images that wait there; the publisher compares their hashes"),
  artefacts: z
    .array(
      z.strictObject({
        path: z.string().regex(/^(?!\/)(?!.*\.\.)[\w./+~-]+$/),
        size: z.int().min(0).describe("Bytes"),
        sha256,
      }),
    )
    .min(1)
    .describe("What lies in the staging bucket, below <image>/<build>/"),
  signedBy: z
    .string()
    .regex(/^[0-9A-F]{40}$/)
    .describe("Fingerprint of the OpenPGP key that signed the artefacts and this document"),
  requested: z.strictObject({
    at: time,
    by: z.string().min(1).describe("user@host of the deploying side"),
    validUntil: time.describe("Nobody publishes it after this"),
  }),
});

export type PublishRequest = z.output<typeof publishRequestSchema>;

/** Name of the request's object in the requests bucket; its OpenPGP signature lies beside it with `.asc`. */
export function requestName(request: Pick<PublishRequest, "build">): string {
  return `${request.build}.json`;
}

/** Name of the envelope of the same bytes, signed by the image key; there where the factory has one. */
export function requestEnvelopeName(request: Pick<PublishRequest, "build">): string {
  return `${request.build}.dsse.json`;
}

/** The request in a document's text. Throws one line with everything that is wrong. */
export function readPublishRequest(text: string, name: string): PublishRequest {
  const result = publishRequestSchema.safeParse(jsonIn(text, name));
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`${name}: is no publish request: ${problems.join(" | ")}`);
}

function jsonIn(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${name}: is no JSON`, { cause: error });
  }
}
