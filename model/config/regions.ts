/** factory.yaml: regions. */
import { z } from "zod";
import type { Problem } from "../problem";
import { IMPORT_METHODS, PROPERTY_SETS } from "../region";
import type { YamlFile } from "../yaml-file";
import { cloud, text, webAddress } from "./fields";
import { at } from "./lookup";

export const regionsSchema = z
  .array(
    z.strictObject({
      name: text.describe("How images and messages call it"),
      cloud,
      region: text.describe("The region's name in that cloud"),
      properties: z
        .enum(PROPERTY_SETS)
        .default("scs")
        .describe(
          "What images say of themselves. scs: SCS-0102. otc: also what Open Telekom Cloud's image service asks",
        ),
      import: z
        .enum(IMPORT_METHODS)
        .default("direct")
        .describe(
          "How images come in. direct: one upload. glance-direct: into Glance's staging area, then imported. web-download: Glance fetches them from importFrom",
        ),
      importFrom: webAddress
        .optional()
        .describe("web-download: the address at which this region's Glance can read bucket staging"),
    }),
  )
  .min(1)
  .describe("Where images go. They are built and tested in the first, which belongs to project build");

/** web-download and the address that it is from go together. */
export function importAddresses({ value, problem }: YamlFile): Problem[] {
  const regions = at(value, ["regions"]);
  if (!Array.isArray(regions)) return [];
  return regions.flatMap((region, index) => {
    const method = at(region, ["import"]);
    const from = at(region, ["importFrom"]);
    const path = ["regions", index, "importFrom"];
    if (method === "web-download" && from === undefined) {
      const remedy = "write the address at which that region's Glance can read bucket staging";
      return [problem(path, { message: "is missing, but import is web-download", remedy })];
    }
    if (method === "web-download" || from === undefined) return [];
    const remedy = "take it out, or write import: web-download";
    return [problem(path, { value: from, message: "is for import: web-download only", remedy })];
  });
}
