/** What stage 1 looks at that depends on the image: its entry of the catalogue, what boots it, the space it takes. */
import { SHARE_SPACE_GIB, WORK_SPACE_GIB } from "../model/build-space";
import type { FactoryConfig } from "../model/config";
import type { ImageDefinition } from "../model/image";
import { recipeName } from "../model/image/recipe-name";
import type { RegionTarget } from "../model/region";
import { importMethods } from "../openstack/glance";
import type { Flavor } from "../openstack/nova";
import type { Session } from "../openstack/session";
import type { Store } from "./store";

const GIB = 1024 ** 3;

/** Pure: why no new image should be built of this entry, though it is well-formed. */
export function catalogueProblems(
  image: Pick<ImageDefinition, "name" | "variantOf" | "providedUntil" | "architecture">,
  { nodes }: Pick<FactoryConfig, "nodes">,
  now: Date,
): string[] {
  const { providedUntil, architecture } = image;
  const file = `images/${recipeName(image)}/image.yaml`;
  const over = /^\d/.test(providedUntil) && Date.parse(`${providedUntil}T23:59:59Z`) < now.getTime();
  const hosts = nodes.buildHost.architecture;
  return [
    ...(over ? [`${file}: providedUntil: "${providedUntil}" is over; write a later date, or take the image out`] : []),
    ...(architecture === hosts ? [] : [`${file}: architecture: "${architecture}", but build hosts are ${hosts}`]),
  ];
}

/** Pure: whether what was built can be made on the scratch volume and booted by the test instance's flavor. */
export function sizeProblems(
  image: Pick<ImageDefinition, "name" | "minDiskGiB" | "minRamMiB">,
  { nodes }: Pick<FactoryConfig, "nodes">,
  { flavors, configFile }: { readonly flavors: readonly Flavor[]; readonly configFile: string },
): string[] {
  const { name, minDiskGiB, minRamMiB } = image;
  const { buildHost, testInstance } = nodes;
  const scratch = minDiskGiB + WORK_SPACE_GIB;
  const flavor = flavors.find((one) => one.name === testInstance.flavor);
  const where = `${configFile}: nodes.testInstance.flavor: "${testInstance.flavor}"`;
  const small = (has: number, needs: number, unit: string): string[] =>
    has < needs ? [`${where} has ${has} ${unit}, image ${name} needs ${needs}; name a larger one`] : [];
  return [
    ...(buildHost.scratchGiB < scratch
      ? [`${configFile}: nodes.buildHost.scratchGiB: ${buildHost.scratchGiB}, image ${name} needs ${scratch}; raise it`]
      : []),
    // A flavor without a disk takes the image's size, or boots from a volume.
    ...(flavor && flavor.disk > 0 ? small(flavor.disk, minDiskGiB, "GiB of disk") : []),
    ...(flavor ? small(flavor.ram, minRamMiB, "MiB of RAM") : []),
  ];
}

/** Whether the share has room for the build's artefacts. */
export async function shareSpace(store: Pick<Store, "freeBytes">): Promise<string[]> {
  const free = (await store.freeBytes()) / GIB;
  if (free >= SHARE_SPACE_GIB) return [];
  return [
    `share: ${free.toFixed(1)} GiB free, a build needs ${SHARE_SPACE_GIB}; factory prune, or raise nodes.nfsServer.volumeGiB`,
  ];
}

/** Whether a region's Glance answers and takes images the way that is configured. */
export async function regionProblems(session: Session, { name, import: method }: RegionTarget): Promise<string[]> {
  await session.request({ service: "image", method: "GET", path: "/images", query: { limit: 1 } });
  if (method === undefined || method === "direct") return [];
  const offered = await importMethods(session);
  if (offered.includes(method)) return [];
  return [
    `factory.yaml: regions: ${name} has import: ${method}, its Glance offers ${offered.join(", ") || "no imports"}; write direct`,
  ];
}
