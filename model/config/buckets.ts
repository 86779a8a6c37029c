/** factory.yaml: buckets. */
import { z } from "zod";
import { BUCKET_USES } from "../buckets";
import { text } from "./fields";

const bucketName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    "is no name for a bucket; use 3 to 63 of a-z 0-9 . - and begin and end with a letter or digit",
  );

export const bucketsSchema = z.strictObject({
  kind: z.enum(["swift", "obs"]).default("swift").describe("The kind of object storage"),
  requests: bucketName.describe("Publish requests; written by build hosts"),
  staging: bucketName.describe("Artefacts that wait for publication; written by build hosts"),
  release: bucketName.describe("Published artefacts; written by the publisher only, read by everybody"),
  backups: bucketName.describe("Encrypted backups of the controller's and the directory's state"),
  existing: z
    .array(z.enum(BUCKET_USES))
    .min(1)
    .optional()
    .describe("Buckets that somebody else made and looks after: used as they are, never changed, never removed"),
  versioning: z
    .boolean()
    .default(true)
    .describe("release and backups keep what is written anew or deleted as former versions, where the cloud can"),
  stagingDays: z.int().min(1).max(3650).default(30).describe("Artefacts in staging expire after this"),
  encryptionKey: text.optional().describe("obs: id of the KMS key that the cloud encrypts the buckets with"),
});
