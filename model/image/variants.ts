/** image.yaml: variants. Further images of the same recipe that differ in little. */
import { z } from "zod";
import type { ImageDefinition } from "../image";
import { elements, environment, minDiskGiB, minRamMiB, oneLine, packages, profiles, purpose } from "./fields";

export const variantsSchema = z.record(
  z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "is no name for a variant; use a-z 0-9 - and begin with a letter or digit"),
  z.strictObject({
    description: oneLine.describe("One line for the people who choose an image"),
    purpose: purpose.optional().describe("Default: the image's"),
    elements: elements.optional().describe("diskimage-builder: elements beyond the image's"),
    environment: environment.optional().describe("diskimage-builder: variables; they win over the image's"),
    profiles: profiles.optional().describe("kiwi: profiles of config.xml beyond the image's"),
    packages: packages.optional().describe("Packages beyond the image's"),
    minDiskGiB: minDiskGiB.optional().describe("Default: the image's"),
    minRamMiB: minRamMiB.optional().describe("Default: the image's"),
  }),
);

/** Name of a variant's image. */
export const variantName = (image: string, variant: string): string => `${image}-${variant}`;

/** The images of a definition: itself and its variants, each complete by itself. */
export function withVariants(image: ImageDefinition): readonly ImageDefinition[] {
  return [
    image,
    ...Object.entries(image.variants).map(([name, variant]) => ({
      ...image,
      name: variantName(image.name, name),
      variantOf: image.name,
      variants: {},
      description: variant.description,
      purpose: variant.purpose ?? image.purpose,
      minDiskGiB: variant.minDiskGiB ?? image.minDiskGiB,
      minRamMiB: variant.minRamMiB ?? image.minRamMiB,
      recipe: {
        ...image.recipe,
        ...joined("elements", image.recipe.elements, variant.elements),
        ...joined("profiles", image.recipe.profiles, variant.profiles),
        ...joined("packages", image.recipe.packages, variant.packages),
        ...(variant.environment && { environment: { ...image.recipe.environment, ...variant.environment } }),
      },
    })),
  ];
}

function joined<K extends string>(
  key: K,
  own: readonly string[] = [],
  more: readonly string[] = [],
): Partial<Record<K, string[]>> {
  const all = [...new Set([...own, ...more])];
  return all.length === 0 ? {} : ({ [key]: all } as Record<K, string[]>);
}
