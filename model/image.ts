/** An entry of the catalogue: images/<name>/image.yaml. */
import { z } from "zod";
import { inOrder, nearest, type Problem } from "./problem";
import { recipeProblems, type RecipeSurroundings } from "./recipe-checks";
import { readYaml, schemaProblems, type YamlFile } from "./yaml-file";

const name = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9.-]{0,29}$/,
    "is no name for an image; use 1 to 30 of a-z 0-9 . - and begin with a letter or digit",
  );
const oneLine = z
  .string()
  .regex(/^\S.*$/, "is not one line of text; write a short line")
  .max(255);

export const imageSchema = z.strictObject({
  name: name.describe("The image's name; must be its directory's name"),
  description: oneLine.describe("One line for the people who choose an image"),
  owner: z
    .email({ error: "is no mail address; write it as owner@example.org" })
    .describe("Who answers for this image; gets the mails of its builds"),
  builder: z.enum(["diskimage-builder", "kiwi"]).describe("What builds it"),
  recipe: z
    .strictObject({
      elements: z
        .array(z.string().regex(/^[a-z0-9][a-z0-9._-]*$/, "is no name of an element; write it as cloud-init"))
        .min(1)
        .optional()
        .describe("diskimage-builder: its elements, or own ones from elements/ beside image.yaml or images/elements/"),
      environment: z
        .record(z.string().regex(/^[A-Z][A-Z0-9_]*$/, "is no variable's name; use A-Z 0-9 _"), z.string())
        .optional()
        .describe("diskimage-builder: variables for its elements"),
      packages: z
        .array(z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/, "is no package's name; write it as it is in the repository"))
        .min(1)
        .optional()
        .describe("Packages to install beyond those of the elements"),
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
  minDiskGiB: z.int().min(1).max(128).describe("Smallest disk that it boots from"),
  minRamMiB: z.int().min(64).max(1048576).describe("Least memory that it boots and works with"),
  firmware: z.enum(["bios", "uefi"]).default("bios").describe("What boots it; Glance's hw_firmware_type"),
  purpose: z
    .enum(["generic", "oldgeneric", "minimal", "k8snode", "gpu", "network", "custom"])
    .describe("SCS-0102 os_purpose. SCS-0104 keeps generic for the distributors' own Debian and Ubuntu images"),
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
});

export type ImageDefinition = z.output<typeof imageSchema>;

export type ParsedImage = { readonly image: ImageDefinition } | { readonly problems: readonly Problem[] };

export interface ImageSurroundings extends RecipeSurroundings {
  /** The directory that the file lies in. */
  readonly directory: string;
  /** Names of factory.yaml's regions; undefined when those can't be read. */
  readonly regions: readonly string[] | undefined;
}

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
          ...references(yaml, surroundings),
          ...recipeProblems(yaml, surroundings),
        ]),
  ];
  if (problems.length === 0 && parsed.success) return { image: parsed.data };
  return { problems: inOrder(problems) };
}

interface Readable {
  readonly name?: unknown;
  readonly builder?: unknown;
  readonly regions?: unknown;
  readonly recipe?: { readonly elements?: unknown; readonly environment?: unknown } | null;
}

/** Checked on whatever could be read, beside the schema. */
function references({ value, problem }: YamlFile, { directory, regions }: ImageSurroundings): Problem[] {
  if (typeof value !== "object" || value === null) return [];
  const { name: own, builder, regions: wanted, recipe } = value as Readable;
  const problems: Problem[] = [];
  if (typeof own === "string" && own !== directory) {
    const remedy = `write ${directory}, or rename the directory`;
    problems.push(problem(["name"], { value: own, message: `is not its directory's name ("${directory}")`, remedy }));
  }
  if (builder === "diskimage-builder" && recipe && recipe.elements === undefined) {
    const remedy = "list its elements: [debian-minimal, vm, cloud-init]";
    problems.push(problem(["recipe", "elements"], { message: "is missing", remedy }));
  }
  if (builder === "kiwi") {
    for (const key of ["elements", "environment"] as const) {
      if (recipe?.[key] === undefined) continue;
      const remedy = "take it out; kiwi reads the description beside image.yaml";
      problems.push(problem(["recipe", key], { message: "is for diskimage-builder only", remedy }));
    }
  }
  return [...problems, ...regionProblems(wanted, regions, problem)];
}

function regionProblems(
  wanted: unknown,
  known: readonly string[] | undefined,
  problem: YamlFile["problem"],
): Problem[] {
  if (!Array.isArray(wanted)) return [];
  return wanted.flatMap((region: unknown, index) => {
    if (typeof region !== "string") return [];
    const path = ["regions", index];
    if (wanted.indexOf(region) < index) {
      return [problem(path, { value: region, message: "is listed twice", remedy: "list it once" })];
    }
    if (!known || known.includes(region)) return [];
    const meant = nearest(region, known);
    const remedy = meant === undefined ? `there are ${known.join(", ")}` : `did you mean "${meant}"?`;
    return [problem(path, { value: region, message: "is no region of factory.yaml", remedy })];
  });
}
