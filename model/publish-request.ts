/** The document that asks the publisher to make an image public. Signed as the bytes that it is stored as. */
import { z } from "zod";
import { supportSchema } from "./image/lifecycle";
import { certificationSchema } from "./image/publication";
import { BUILD_ID } from "./naming";
import { VISIBILITIES } from "./rotation";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "is no SHA-256; 64 hex digits in lower case");
const time = z.iso.datetime().describe("ISO 8601, UTC");

const text = z.string().min(1);

const imageFactsSchema = z.strictObject({
  name: text.describe("Its name in the catalogue"),
  description: z.string().describe("One line"),
  owner: z.email().describe("Who answers for it"),
  os: z
    .strictObject({
      distro: text.describe("Glance's os_distro"),
      version: text.describe("Glance's os_version"),
      codename: z.string().describe("The release's name in its repositories"),
      user: text.describe("Who logs in"),
    })
    .describe("The operating system"),
  architecture: text.describe("Glance's architecture"),
  purpose: text.describe("SCS-0102 os_purpose"),
  replaceFrequency: text.describe("SCS-0102 replace_frequency"),
  providedUntil: text.describe("SCS-0102 provided_until: YYYY-MM-DD, none or notice"),
  uuidValidity: text.describe("SCS-0102 uuid_validity"),
  support: supportSchema.describe("Support of the operating system"),
  certification: certificationSchema.describe("Records of vendors"),
});

const regionSchema = z.strictObject({
  name: text.describe("As in factory.yaml"),
  region: text.describe("OpenStack's own name of it"),
  imageId: z.uuid().describe("Of the private image there"),
  hash: z
    .strictObject({
      algorithm: text.describe("Glance's os_hash_algo; md5 where it tells none"),
      value: z
        .string()
        .regex(/^[0-9a-f]{32,128}$/)
        .describe("Hex digits"),
    })
    .describe("Of the bytes that are stored there"),
});

const artefactSchema = z.strictObject({
  path: z
    .string()
    .regex(/^(?!\/)(?!.*\.\.)[\w./+~-]+$/)
    .describe("Below <image>/<build>/"),
  size: z.int().min(0).describe("Bytes"),
  sha256: sha256.describe("Hex digits"),
});

export const publishRequestSchema = z.strictObject({
  version: z
    .literal(2, { error: "is not 2; build again with this version of the factory" })
    .describe("Of this document's form"),
  factory: text.describe("Whose build it is"),
  build: z.string().regex(BUILD_ID).describe("<image>-<UTC yyyymmddhhmm>-<4 hex>"),
  image: imageFactsSchema.describe("What the image says of itself"),
  target: z
    .strictObject({
      name: text.max(200).describe("What the current image is called in Glance"),
      visibility: z.enum(VISIBILITIES).describe("Glance's visibility, once it is published"),
    })
    .describe("What it is to become"),
  recipe: z
    .strictObject({
      commit: z
        .string()
        .regex(/^[0-9a-f]{40}$/)
        .describe("40 hex digits"),
      branch: text.nullable().describe("That it was taken from; null: not known"),
      dirty: z
        .literal(false, {
          error: "was built from a tree with uncommitted changes; commit them and build again",
        })
        .describe("Whether it had changes that are in no commit"),
    })
    .describe("What it was built from"),
  base: z
    .strictObject({ name: z.string().describe("Its name in Glance"), hash: text.describe("Glance's os_hash_value") })
    .optional()
    .describe("The image that the build host ran"),
  regions: z.array(regionSchema).min(1).describe("Private images that wait there; the publisher compares their hashes"),
  artefacts: z.array(artefactSchema).min(1).describe("What lies in the staging bucket, below <image>/<build>/"),
  signedBy: z
    .string()
    .regex(/^[0-9A-F]{40}$/)
    .describe("Fingerprint of the OpenPGP key that signed the artefacts and this document"),
  requested: z
    .strictObject({
      at: time,
      by: text.describe("user@host of the deploying side"),
      validUntil: time.describe("Nobody publishes it after this"),
    })
    .describe("When and by whom; the same request by somebody else is the same request"),
});

export type PublishRequest = z.output<typeof publishRequestSchema>;

export { requestEnvelopeName, requestName } from "./request-names";

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
