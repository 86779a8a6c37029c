/** factory.yaml: publish. How images become public. */
import { z } from "zod";
import { VISIBILITIES } from "../rotation";
import { cloud, text } from "./fields";

export const APPROVALS = ["person", "automatic"] as const;

export const publishSchema = z.strictObject({
  approval: z
    .enum(APPROVALS)
    .default("person")
    .describe(
      "person: each build waits for factory publish approve. automatic: whatever passes all checks is published",
    ),
  visibility: z
    .enum(VISIBILITIES)
    .default("public")
    .describe(
      "Who sees published images; an image.yaml may ask for less. public needs an administrator in most clouds",
    ),
  keep: z
    .int()
    .min(1)
    .max(100)
    .default(3)
    .describe("Releases of an image that stay usable, the current one among them"),
  deleteAfterDays: z
    .int()
    .min(0)
    .max(3650)
    .default(90)
    .describe("Days after which a release that is not kept any more, and that nobody uses, is deleted"),
  previous: z
    .enum(["hidden", "visible"])
    .default("hidden")
    .describe("Whether listings show the release before the current one; its name finds it either way"),
  requestDays: z.int().min(1).max(365).default(14).describe("Days that a request for publication is good for"),
  branches: z.array(text).min(1).default(["main"]).describe("Reviewed branches: nothing else is ever published"),
  repository: text
    .optional()
    .describe(
      "Where the publisher looks whether a commit is on them: an address or a path; default: infrastructure.git, or this checkout",
    ),
  clouds: z
    .record(z.string(), cloud)
    .default({})
    .describe(
      "Name of a region → entry of the publisher's clouds.yaml that may change images there; default: the region's",
    ),
  customers: z
    .record(z.string(), cloud)
    .default({})
    .describe(
      "Name of a region → entry of the publisher's clouds.yaml of a project without any special right: by what it may read the publisher decides whether images keep the properties by which Nova verifies them",
    ),
  certificates: z
    .record(z.string(), cloud)
    .default({})
    .describe(
      "Name of a region → entry of the publisher's clouds.yaml of a project whose secrets everybody may read: the certificates of published images are kept there; default: they stay where builds have put them",
    ),
  trustedKeys: z
    .array(text)
    .default([])
    .describe("Files of OpenPGP public keys whose requests are believed; none: the factory's own signing.key"),
  trustedCertificates: z
    .array(text)
    .default([])
    .describe(
      "PEM files of image keys, or of their certificates, that have to sign too; none: the factory's own signing.imageKey",
    ),
  approvers: z
    .array(text)
    .default([])
    .describe(
      "Files of OpenPGP public keys, one of which has to sign an approval; none: whoever holds the publisher's key",
    ),
  signatureProperties: z
    .enum(["keep", "drop"])
    .default("drop")
    .describe(
      "Whether published images keep the properties by which Nova verifies them, in regions without one of publish.customers: keep only where everybody who boots them may read their certificate",
    ),
  address: z
    .string()
    .regex(/^https?:\/\/\S*[^\s/]$/, "is no web address; write https://images.example.org")
    .optional()
    .describe("The web site's, as customers reach it; default: https:// and its name inside the factory"),
});

export type PublishConfig = z.output<typeof publishSchema>;
