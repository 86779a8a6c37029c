/** An entry of the catalogue: images/<name>/image.yaml. */
import { z } from "zod";
import {
  BUILDERS,
  elements,
  environment,
  mail,
  minDiskGiB,
  minRamMiB,
  oneLine,
  packages,
  profiles,
  purpose,
} from "./image/fields";
import { imageRetentionSchema, schedule, statusSchema, supportSchema } from "./image/lifecycle";
import { imagePublicationSchema } from "./image/publication";
import { referenceProblems, type ReferenceSurroundings } from "./image/references";
import { testsSchema } from "./image/tests";
import { variantsSchema } from "./image/variants";
import { inOrder, type Problem } from "./problem";
import { recipeProblems, type RecipeSurroundings } from "./recipe-checks";
import { readYaml, schemaProblems } from "./yaml-file";

const name = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9.-]{0,29}$/,
    "is no name for an image; use 1 to 30 of a-z 0-9 . - and begin with a letter or digit",
  );
export const imageSchema = z.strictObject({
  name: name.describe("The image's name; must be its directory's name"),
  description: oneLine.describe("One line for the people who choose an image"),
  owner: mail.describe("Who answers for this image; gets the mails of its builds"),
  team: mail.optional().describe("The team behind the owner; gets the mails too"),
  builder: z.enum(BUILDERS).describe("What builds it"),
  recipe: z
    .strictObject({
      elements: elements
        .optional()
        .describe(
          "diskimage-builder: its elements, or own ones from elements/ beside image.yaml or images/elements/; base too only where it is listed",
        ),
      environment: environment.optional().describe("diskimage-builder: variables for its elements"),
      profiles: profiles.optional().describe("kiwi: profiles of config.xml that are built"),
      packages: packages.optional().describe("Packages to install beyond those of the recipe"),
    })
    .describe("What the builder reads; files beside image.yaml belong to it too"),
  os: z
    .strictObject({
      distro: z.enum(["debian", "ubuntu", "opensuse", "rocky", "centos", "fedora"]).describe("Glance's os_distro"),
      version: z.string().min(1).describe("Glance's os_version, as the distributor writes it; in quotes"),
      codename: z.string().min(1).describe("The release's name in its repositories"),
      user: z
        .string()
        .regex(/^[a-z_][a-z0-9_-]{0,31}$/, "is no user's name; write it as debian")
        .describe("The user that cloud-init makes for logging in"),
    })
    .describe("The operating system"),
  architecture: z.enum(["x86_64", "aarch64"]).describe("Glance's architecture"),
  minDiskGiB: minDiskGiB.describe("Smallest disk that it boots from"),
  minRamMiB: minRamMiB.describe("Least memory that it boots and works with"),
  firmware: z.enum(["bios", "uefi"]).default("bios").describe("What boots it; Glance's hw_firmware_type"),
  purpose: purpose.describe(
    "SCS-0102 os_purpose. SCS-0104 keeps generic for the distributors' own Debian and Ubuntu images",
  ),
  replaceFrequency: z
    .enum(["yearly", "quarterly", "monthly", "weekly", "daily", "critical_bug", "never"])
    .describe("How often a new one comes; SCS-0102 replace_frequency"),
  uuidValidity: z
    .string()
    .regex(
      /^(none|notice|forever|last-[1-9]\d*|\d{4}-\d{2}-\d{2})$/,
      "is no period; write none, notice, forever, last-3 or YYYY-MM-DD",
    )
    .default("none")
    .describe("How long an image keeps its id; SCS-0102 uuid_validity"),
  providedUntil: z
    .string()
    .refine((value) => value === "none" || value === "notice" || z.iso.date().safeParse(value).success, {
      error: "is no date; write YYYY-MM-DD, none or notice",
    })
    .describe("Until when new ones come: YYYY-MM-DD, none or notice; SCS-0102 provided_until"),
  hotfixHours: z
    .int()
    .min(0)
    .max(8784)
    .optional()
    .describe("Hours until a critical hole is closed by a new image, 0: best effort; SCS-0102 hotfix_hours"),
  source: z
    .string()
    .regex(/^(private|https?:\/\/\S+)$/, "is neither private nor a web address; write private or https://…")
    .default("private")
    .describe("Where it can be had from; SCS-0102 image_source"),
  properties: z
    .record(
      z
        .string()
        .regex(
          /^(?!os_glance)(?!img_signature)(?!os_hash)[A-Za-z0-9_:.]{1,255}$/,
          "can't be set; leave it to Glance and the factory",
        ),
      z.string().max(255),
    )
    .optional()
    .describe("Further Glance properties; they win over the computed ones"),
  regions: z.array(z.string().min(1)).min(1).optional().describe("Names of regions; default: all of factory.yaml"),
  variants: variantsSchema.default({}).describe("Further images of this recipe, named NAME-VARIANT"),
  tests: testsSchema.prefault({}).describe("What it must reach beyond what is asked of every image"),
  schedule: schedule
    .default("manual")
    .describe("When it is built by itself: manual (never), nightly, weekly, monthly or five fields of cron"),
  retention: imageRetentionSchema
    .prefault({})
    .describe("What of its builds is kept, from its next build on; default: factory.yaml's retention"),
  support: supportSchema.prefault({}).describe("Support of the operating system; providedUntil is this image's"),
  publish: imagePublicationSchema.optional().describe("What customers see of it"),
  status: statusSchema.prefault({}).describe("Whether this recipe is known to work"),
});

/** An image of the catalogue: a file's own, or one of its variants. */
export type ImageDefinition = z.output<typeof imageSchema> & {
  /** The image whose recipe this variant is built from. */
  readonly variantOf?: string | undefined;
};

export type ParsedImage = { readonly image: ImageDefinition } | { readonly problems: readonly Problem[] };

export type ImageSurroundings = RecipeSurroundings & ReferenceSurroundings;

/** The definition in a file's text, or everything that is wrong with it. */
export function parseImage(source: string, file: string, surroundings: ImageSurroundings): ParsedImage {
  const yaml = readYaml(source, file);
  const parsed = imageSchema.safeParse(yaml.value);
  const problems = [
    ...yaml.problems,
    ...(yaml.value === undefined
      ? []
      : [
          ...schemaProblems(yaml, imageSchema),
          ...referenceProblems(yaml, surroundings),
          ...recipeProblems(yaml, surroundings),
        ]),
  ];
  if (problems.length === 0 && parsed.success) return { image: parsed.data };
  return { problems: inOrder(problems) };
}
