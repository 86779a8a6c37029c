/** The catalogue's pages in a directory, to look at before anything is published. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../deployer/user-error";
import { readCatalogue, type Catalogue } from "../model/catalogue";
import { renderSite } from "../site/render";

/**
 * Writes the pages of a `catalogue.json`, without signatures; files that the pages lead to are not fetched. Returns how
 * many files were written.
 */
export function renderCatalogue(from: string, to: string): number {
  const files = renderSite(catalogueIn(from));
  for (const [name, { content }] of files) {
    const file = path.join(to, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return files.size;
}

function catalogueIn(file: string): Catalogue {
  try {
    return readCatalogue(readFileSync(file, "utf8"), file);
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}
