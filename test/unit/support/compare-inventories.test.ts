import { compareInventories } from "../../support/compare-inventories";
import type { InventoryItem } from "../../support/inventory";

const item = (kind: string, id: string, name = ""): InventoryItem => ({
  project: "build",
  region: "RegionOne",
  kind,
  id,
  name,
});

test("tells what is new and what is gone, by id and kind", () => {
  const before = [item("server", "1", "nfs"), item("port", "2")];
  const after = [item("server", "3", "nfs"), item("port", "2"), item("image", "1")];
  expect(compareInventories(before, after)).toMatchObject({
    added: ["build/RegionOne image 1", "build/RegionOne server nfs (3)"],
    gone: ["build/RegionOne server nfs (1)"],
  });
});

test("equal inventories do not differ, whatever their order", () => {
  const items = [item("server", "1"), item("port", "2")];
  expect(compareInventories(items, [...items].reverse())).toMatchObject({ added: [], gone: [] });
});
