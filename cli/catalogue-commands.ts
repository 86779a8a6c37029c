/** Commands about the catalogue. */
import type { Command } from "commander";
import { loadConfig } from "../config/load";
import { catalogueLines } from "./catalogue-text";
import { sayAll, sayJson } from "./support";

export function addCatalogueCommands(program: Command, root: string): void {
  program
    .command("images")
    .description("the catalogue: images and their variants, builders, schedules, which are untested and why")
    .option("--json", "for programs: complete definitions, with defaults")
    .action(({ json = false }: { json?: boolean }) => {
      const { images } = loadConfig(root);
      if (json) sayJson(images);
      else sayAll(catalogueLines(images));
    });
}
