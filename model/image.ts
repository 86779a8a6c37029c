/** An entry of the catalogue: images/<name>/image.yaml. */
import { z } from "zod";

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{0,29}$/, "must be 1 to 30 of a-z 0-9 . - and start with a letter or digit");

export const imageSchema = z.strictObject({
  name: name.describe("The image's name; must be its directory's name"),
  description: z.string().min(1).describe("One line for the people who choose an image"),
  owner: z.email().describe("Who answers for this image; gets the mails of its builds"),
  builder: z.enum(["diskimage-builder", "kiwi"]).describe("What builds it"),
  recipe: z
    .strictObject({
      elements: z.array(z.string().min(1)).min(1).optional().describe("diskimage-builder: elements, in order"),
      environment: z
        .record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string())
        .optional()
        .describe("diskimage-builder: variables for its elements"),
      packages: z.array(z.string().min(1)).optional().describe("Packages to install beyond those of the elements"),
    })
    .describe("What the builder reads; files beside image.yaml belong to it too (elements/)"),
  os: z.strictObject({
    distro: z.enum(["debian", "ubuntu", "opensuse", "rocky", "centos", "fedora"]).describe("Glance's os_distro"),
    version: z.string().min(1).describe("Glance's os_version, as the distributor writes it"),
    codename: z.string().min(1).describe("The release's name in its repositories"),
    user: z.string().min(1).describe("The user that cloud-init makes for logging in"),
  }),
  architecture: z.enum(["x86_64", "aarch64"]),
  minDiskGiB: z.int().min(1).max(128),
  minRamMiB: z.int().min(64),
  purpose: z.enum(["generic", "minimal", "k8snode", "gpu", "network", "custom"]).describe("SCS-0102 os_purpose"),
  replaceFrequency: z
    .enum(["yearly", "quarterly", "monthly", "weekly", "daily", "critical_bug", "never"])
    .describe("SCS-0102 replace_frequency"),
  providedUntil: z.union([z.iso.date(), z.literal("none"), z.literal("notice")]).describe("SCS-0102 provided_until"),
  properties: z
    .record(z.string().regex(/^[A-Za-z0-9_:.]+$/), z.string())
    .optional()
    .describe("Further Glance properties; they win over the computed ones"),
  regions: z.array(z.string().min(1)).optional().describe("Names of regions; default: all of factory.yaml"),
});

export type ImageDefinition = z.infer<typeof imageSchema>;
