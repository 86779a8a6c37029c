/** What outlives a factory, as its status tells it and as an inventory shows it: in the same words. */
import type { InventoryItem } from "./inventory";

interface RetainedStatus {
  readonly volumes: readonly { readonly id: string }[];
  readonly buckets: readonly { readonly name: string; readonly objects: number }[];
  readonly certificates: readonly { readonly id: string }[];
  readonly images: readonly { readonly region: string; readonly id: string }[];
}

/** Of the output of `factory status --show-retained --json`. */
export function retainedByStatus(json: string): string[] {
  const { volumes, buckets, images } = JSON.parse(json) as RetainedStatus;
  return [
    ...volumes.map(({ id }) => `volume ${id}`),
    ...buckets.map(({ name, objects }) => `container ${name} with ${objects} objects`),
    ...images.map(({ region, id }) => `image ${id} in ${region}`),
  ].sort();
}

/** Ids in the key managers of the certificates that the same output tells. */
export function certificatesByStatus(json: string): string[] {
  const { certificates } = JSON.parse(json) as RetainedStatus;
  return [...new Set(certificates.map(({ id }) => id))];
}

/** Of what a listing has more than one before. Types of resource that may not be retained show up as they are. */
export function retainedByInventory(items: readonly InventoryItem[]): string[] {
  const objects = items.filter(({ kind }) => kind === "object");
  return items
    .filter(({ kind }) => kind !== "object")
    .map(({ kind, id, region }) => {
      if (kind === "image") return `image ${id} in ${region}`;
      if (kind !== "container") return `${kind} ${id}`;
      return `container ${id} with ${objects.filter((object) => object.id.startsWith(`${id}/`)).length} objects`;
    })
    .sort();
}
