/** How diskimage-builder is called. Pure. */
import type { BuildPlan } from "../../model/plan";
import { DEBIAN_ARCHITECTURE, distribution } from "./distributions";
import { baseEnvironment } from "./exec";

export interface DibDirectories {
  /** Where elements are looked for, in order; those of diskimage-builder itself come last. */
  readonly elements: readonly string[];
  readonly temporary: string;
  readonly cache: string;
}

/** The builder's whole environment: the recipe's variables win over the distribution's. No secret is in it. */
export function dibEnvironment(plan: BuildPlan, directories: DibDirectories): Record<string, string> {
  const { image, mirrors, options } = plan;
  return baseEnvironment({
    ...distribution(image).dibEnvironment(image.os.codename, mirrors),
    ...image.recipe.environment,
    ...(directories.elements.length > 0 && { ELEMENTS_PATH: directories.elements.join(":") }),
    TMP_DIR: directories.temporary,
    TMPDIR: directories.temporary,
    DIB_IMAGE_CACHE: directories.cache,
    DIB_DEBUG_TRACE: options.debug ? "1" : "0",
  });
}

/** Arguments of disk-image-create: a raw image at `<output>.raw`. */
export function dibArguments(plan: BuildPlan, output: string): string[] {
  const { image } = plan;
  const packages = image.recipe.packages ?? [];
  return [
    ...["-a", DEBIAN_ARCHITECTURE[image.architecture], "-t", "raw", "-o", output],
    // Several GiB would not fit into the memory of a small host.
    "--no-tmpfs",
    // Its element base installs what few images need, and packages that Debian has no more; a recipe may list it.
    "-n",
    ...(packages.length > 0 ? ["-p", packages.join(",")] : []),
    ...(image.recipe.elements ?? ["vm"]),
  ];
}
