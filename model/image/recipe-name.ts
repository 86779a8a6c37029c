/** Where in images/ an image's recipe is. Apart from the schemas: the runner carries it. */
import type { ImageDefinition } from "../image";

/** Name of the directory that an image's recipe is in. */
export const recipeName = ({ name, variantOf }: Pick<ImageDefinition, "name" | "variantOf">): string =>
  variantOf ?? name;

/** Name of the directory that all recipes of a builder share. */
export const SHARED_DIRECTORY: Readonly<Record<ImageDefinition["builder"], string>> = {
  "diskimage-builder": "elements",
  kiwi: "kiwi-common",
};
