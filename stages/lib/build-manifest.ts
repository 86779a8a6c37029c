/** The build's manifest on the share, and that of the last build whose publication was asked for. */
import { readBuildManifest, type BuildManifest } from "../../model/build-manifest";
import type { BuildInputs } from "../../model/change-check";
import type { BuildPlan } from "../../model/plan";
import { StageError } from "./errors";
import { readIfThere } from "./files";
import type { Package } from "./packages";
import type { CheckoutData } from "./results";
import type { StageContext } from "./stage";

/** The last release's manifest; undefined when there was none. Throws for a file that is no manifest. */
export async function readReleased(file: string): Promise<BuildManifest | undefined> {
  const text = await readIfThere(file);
  if (text === undefined) return undefined;
  try {
    return readBuildManifest(text, file);
  } catch (error) {
    throw new StageError((error as Error).message);
  }
}

/** What goes into the image, as far as stage 4 knows it. */
export function buildInputs(
  plan: Pick<BuildPlan, "image" | "base" | "home" | "regions">,
  data: CheckoutData,
): BuildInputs {
  const { builderVersion, builderPackage, preinstalled, hostRelease } = data;
  return {
    recipe: { commit: data.commit, digest: data.recipeDigest },
    builder: {
      name: plan.image.builder,
      version: builderVersion,
      ...(builderPackage !== undefined && { package: builderPackage }),
      ...(preinstalled !== undefined && { preinstalled }),
      ...(hostRelease !== undefined && { release: hostRelease }),
    },
    ...(plan.base && { base: plan.base }),
    regions: [plan.home, ...plan.regions].map(({ name }) => name),
    repositories: data.repositories,
  };
}

/** The manifest of this build, after everything has been made. */
export function buildManifest(
  { plan, data }: Pick<StageContext, "plan" | "data">,
  packages: readonly Package[],
  finished: Date,
): BuildManifest {
  const { size, virtualSize, sha256, sha512 } = data("build-image");
  const versions = Object.fromEntries(packages.map(({ name, version }) => [name, version]));
  return {
    version: 1,
    factory: plan.factory,
    image: plan.image.name,
    build: plan.build,
    finished: finished.toISOString(),
    inputs: { ...buildInputs(plan, data("checkout")), packages: versions },
    output: { format: "qcow2", size, virtualSize, sha256, sha512 },
    regions: [data("register"), ...data("distribute").regions].map(({ region, imageId }) => ({
      name: region,
      imageId,
    })),
  };
}
