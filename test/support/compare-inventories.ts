import type { InventoryItem } from "./inventory";

export interface InventoryDifference {
  /** What was not there before, a readable line each. */
  readonly added: readonly string[];
  readonly gone: readonly string[];
  /** The same, as data. */
  readonly addedItems: readonly InventoryItem[];
}

/** What two inventories differ in. Things are told apart by their ids: something made anew under an old name is new. */
export function compareInventories(
  before: readonly InventoryItem[],
  after: readonly InventoryItem[],
): InventoryDifference {
  const missingIn = (others: readonly InventoryItem[]) => {
    const known = new Set(others.map(key));
    return (item: InventoryItem): boolean => !known.has(key(item));
  };
  const addedItems = after.filter(missingIn(before));
  return {
    addedItems,
    added: addedItems.map(inventoryLine).sort(),
    gone: before.filter(missingIn(after)).map(inventoryLine).sort(),
  };
}

/** `build/RegionOne server demo-jump-host (4f0c…)` */
export function inventoryLine({ project, region, kind, name, id }: InventoryItem): string {
  const told = name === "" || name === id ? id : `${name} (${id})`;
  return `${project}/${region} ${kind} ${told}`;
}

function key({ project, region, kind, id }: InventoryItem): string {
  return [project, region, kind, id].join("\0");
}
