import { readFileSync } from "node:fs";
import path from "node:path";
import { generatedFiles } from "../../../config/docs";

const ROOT = path.join(__dirname, "..", "..", "..");
const files = generatedFiles();

test.each(files)("$path is what the schema says (else: npm run docs:config)", ({ path: file, content }) => {
  expect(readFileSync(path.join(ROOT, file), "utf8")).toBe(content);
});

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

function undescribed(schema: Schema, prefix = ""): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => [
    ...(property.description === undefined ? [`${prefix}${key}`] : []),
    ...undescribed(property, `${prefix}${key}.`),
    ...(property.items ? undescribed(property.items, `${prefix}${key}[].`) : []),
  ]);
}

test.each(files.filter((file) => file.path.endsWith(".json")))("every key of $path is described", ({ content }) => {
  expect(undescribed(JSON.parse(content) as Schema)).toEqual([]);
});
