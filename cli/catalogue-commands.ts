/** Commands about the catalogue. */
import type { Command } from "commander";
import { loadConfig } from "../config/load";
import { catalogueLines } from "./catalogue-text";
import { renderCatalogue } from "./catalogue-site";
import { say, sayAll, sayJson } from "./support";

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
  program
    .command("catalogue")
    .description("what was published, as customers see it")
    .command("render")
    .description("its pages into a directory, to look at: unsigned, without the files that they lead to")
    .requiredOption("--from <file>", "a catalogue.json")
    .requiredOption("--to <directory>", "is made; files of these names in it are replaced")
    .action(({ from, to }: { from: string; to: string }) => {
      say(`${renderCatalogue(from, to)} files in ${to}; look at them by: python3 -m http.server --directory ${to}`);
    });
}
