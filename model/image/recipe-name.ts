import type { ImageDefinition } from "../image";

/** Name of the directory in images/ that an image's recipe is in. Apart from the schemas: the runner carries it. */
export const recipeName = ({ name, variantOf }: Pick<ImageDefinition, "name" | "variantOf">): string =>
  variantOf ?? name;
