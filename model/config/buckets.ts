/** factory.yaml: buckets. */
import { z } from "zod";

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
});
