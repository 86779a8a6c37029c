/**
 * The change check before anything is made: recipe, builder, build host's image, repositories and packages against the
 * last release. What it can't tell the build host's own check decides (stages/checkout.ts).
 */
import { rm, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { recipesRoot } from "../config/paths";
import { resolveMirrors } from "../config/apt-mirrors";
import { readBuildManifest, type BuildManifest } from "../model/build-manifest";
import { checkForChange, type BuildInputs, type ChangeVerdict } from "../model/change-check";
import type { ImageDefinition } from "../model/image";
import { listImages } from "../openstack/glance";
import { comparesPackages } from "../stages/lib/distributions";
import { candidateVersions } from "../stages/lib/package-index";
import { readReleases, releaseDigests } from "../stages/lib/repositories";
import type { Deployment } from "./deployment";
import { baseOf, regionsOf } from "./plan";
import { localRecipe, remoteRecipe } from "./recipes";
import type { Store } from "./store";
import { UserError } from "./user-error";

/** Milliseconds for all of it; the build host's check has more time. */
const WITHIN = 90_000;
/** Days after which an index that was not looked at any more is deleted. */
const KEPT_DAYS = 14;

export interface CheckedChange extends ChangeVerdict {
  /** The build that was compared with. */
  readonly since: string | undefined;
}

/** Throws one line when it can't be told from here. */
export async function changeSince(
  deployment: Deployment,
  image: ImageDefinition,
  store: Pick<Store, "releasedManifest">,
): Promise<CheckedChange> {
  const text = await store.releasedManifest(image.name);
  if (text === undefined) return { ...checkForChange(undefined, NOTHING), since: undefined };
  const last = readBuildManifest(text, `released/${image.name}.json`);
  return { ...checkForChange(last.inputs, await inputsNow(deployment, image, last)), since: last.build };
}

/** Of a first build nothing needs to be known. */
const NOTHING: BuildInputs = {
  recipe: { commit: "", digest: "" },
  builder: { name: "", version: "" },
  repositories: {},
};

async function inputsNow(deployment: Deployment, image: ImageDefinition, last: BuildManifest): Promise<BuildInputs> {
  const { config, root } = deployment;
  const { git } = config.infrastructure;
  const signal = AbortSignal.timeout(WITHIN);
  const [recipe, base, repositories] = await Promise.all([
    git ? remoteRecipe(git.url, git.ref, image) : localRecipe(recipesRoot(root), image),
    baseNow(deployment),
    offered(deployment, image, Object.keys(last.inputs.packages ?? {}), signal),
  ]);
  return {
    recipe,
    builder: await builderNow(deployment, image, last.inputs, signal),
    ...(base && { base }),
    regions: regionsOf(config, image).map(({ name }) => name),
    repositories: repositories.digests,
    ...(last.inputs.packages && { packages: repositories.versions }),
  };
}

/** The image that the next build host would boot from. */
async function baseNow(deployment: Deployment): Promise<BuildInputs["base"]> {
  const { image: name } = deployment.config.nodes.buildHost;
  const found = await listImages(deployment.project("build"), { name, status: "active" });
  const newest = [...found].sort((a, b) => a.created_at.localeCompare(b.created_at)).at(-1);
  return newest && baseOf(newest);
}

interface Offered {
  readonly digests: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
}

/** The state of an image's repositories, and what they offer of these packages. */
async function offered(
  { config, home }: Deployment,
  image: ImageDefinition,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Offered> {
  const plan = { image, mirrors: resolveMirrors(config.infrastructure.mirrors) };
  const directory = path.join(home.directory, "cache", "indices");
  const releases = await readReleases(plan, signal);
  const versions =
    names.length === 0 || !comparesPackages(image)
      ? {}
      : await candidateVersions({ plan, releases, names, directory, keep: true, signal });
  await removeOld(directory);
  return { digests: releaseDigests(releases), versions };
}

/** A builder that came with the build host's image is as old as that; any other is what the host's release offers. */
async function builderNow(
  deployment: Deployment,
  image: ImageDefinition,
  { builder, base }: BuildInputs,
  signal: AbortSignal,
): Promise<BuildInputs["builder"]> {
  if (builder.preinstalled && base) return { ...builder, name: image.builder };
  if (builder.package === undefined || builder.release === undefined) {
    throw new UserError(`the last release's manifest does not tell where its builder (${builder.name}) came from`);
  }
  const { architecture } = deployment.config.nodes.buildHost;
  const os = { ...image.os, distro: "debian", codename: builder.release } as const;
  const host = { ...image, os, architecture };
  const { versions } = await offered(deployment, host, [builder.package], signal);
  return { ...builder, name: image.builder, version: versions[builder.package] ?? "unknown" };
}

async function removeOld(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names) {
    const file = path.join(directory, name);
    // Another command may have removed it meanwhile.
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > KEPT_DAYS * 86_400_000) await rm(file, { force: true });
  }
}
