/** Whether a builder can make what an image.yaml asks for, as far as that shows without a build host. */
import { DIB_ELEMENTS } from "./dib-elements";
import { nearest, type Problem } from "./problem";
import type { YamlFile } from "./yaml-file";

export interface RecipeSurroundings {
  /** Names of the elements in elements/ beside image.yaml and in images/elements; undefined: not to be checked. */
  readonly elements?: readonly string[] | undefined;
  /** Names of the files beside image.yaml; undefined: not to be checked. */
  readonly files?: readonly string[] | undefined;
  /** Of the build hosts; undefined when that can't be read. */
  readonly architecture?: string | undefined;
}

/** What KIWI reads first. */
export const KIWI_DESCRIPTION = "config.xml";

interface Readable {
  readonly builder?: unknown;
  readonly architecture?: unknown;
  readonly recipe?: { readonly elements?: unknown } | null;
}

/** Checked on whatever could be read, beside the schema. */
export function recipeProblems({ value, problem }: YamlFile, surroundings: RecipeSurroundings): Problem[] {
  if (typeof value !== "object" || value === null) return [];
  const { architecture, builder, recipe } = value as Readable;
  return [
    ...elementProblems(recipe?.elements, surroundings.elements, problem),
    ...descriptionProblems(builder, surroundings.files, problem),
    ...architectureProblems(architecture, surroundings.architecture, problem),
  ];
}

function elementProblems(wanted: unknown, own: readonly string[] | undefined, problem: YamlFile["problem"]): Problem[] {
  if (!Array.isArray(wanted) || !own) return [];
  const known = [...own, ...DIB_ELEMENTS];
  return wanted.flatMap((element: unknown, index) => {
    if (typeof element !== "string" || known.includes(element)) return [];
    const meant = nearest(element, known);
    const remedy =
      meant === undefined
        ? "put it into elements/ beside image.yaml, or into images/elements/"
        : `did you mean "${meant}"?`;
    const message = "is no element of diskimage-builder's, nor one in elements/ or images/elements/";
    return [problem(["recipe", "elements", index], { value: element, message, remedy })];
  });
}

function descriptionProblems(
  builder: unknown,
  files: readonly string[] | undefined,
  problem: YamlFile["problem"],
): Problem[] {
  if (builder !== "kiwi" || !files || files.includes(KIWI_DESCRIPTION)) return [];
  const message = `needs a description, and there is no ${KIWI_DESCRIPTION}`;
  return [problem(["builder"], { value: builder, message, remedy: "put KIWI's description beside image.yaml" })];
}

/** Builders run the image's own programs while they make it. */
function architectureProblems(wanted: unknown, hosts: string | undefined, problem: YamlFile["problem"]): Problem[] {
  if (typeof wanted !== "string" || hosts === undefined || wanted === hosts) return [];
  const message = `can't be built: build hosts are ${hosts}, and no builder builds for another architecture`;
  const remedy = `write ${hosts}, or see nodes.buildHost.architecture in factory.yaml`;
  return [problem(["architecture"], { value: wanted, message, remedy })];
}
