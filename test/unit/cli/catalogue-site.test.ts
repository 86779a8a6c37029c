import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { renderCatalogue } from "../../../cli/catalogue-site";
import { catalogueText } from "../../../model/catalogue";
import { renderSite } from "../../../site/render";
import { smallCatalogue } from "../../support/catalogues";

const directory = mkdtempSync(path.join(tmpdir(), "catalogue-"));
const file = path.join(directory, "catalogue.json");

test("pages are written as they are rendered", () => {
  const catalogue = smallCatalogue();
  writeFileSync(file, catalogueText(catalogue));
  const to = path.join(directory, "deep", "site");
  const files = renderSite(catalogue);
  expect(renderCatalogue(file, to)).toBe(files.size);
  expect(readdirSync(to)).toEqual(expect.arrayContaining(["index.html", "site.css", "images"]));
  for (const [name, { content }] of files) expect(readFileSync(path.join(to, name), "utf8")).toBe(content);
});

test.each([
  ["is no catalogue", "{}", /^\S+catalogue\.json: is no catalogue: version: /],
  ["is no JSON", "{", /^\S+catalogue\.json: is no JSON$/],
])("a file that %s is refused in one line", (_, text, message) => {
  writeFileSync(file, text);
  expect(() => renderCatalogue(file, directory)).toThrow(message);
});

test("a file that is not there is refused in one line", () => {
  expect(() => renderCatalogue(path.join(directory, "none.json"), directory)).toThrow(/^ENOENT[^\n]*none\.json/);
});
