/** What is generated from the schemas: JSON Schemas for editors and the reference of all keys. */
import { z } from "zod";
import { configSchema } from "../model/config";
import { imageSchema } from "../model/image";
import { publishRequestSchema } from "../model/publish-request";

export interface GeneratedFile {
  /** Relative to the repository's root. */
  readonly path: string;
  readonly content: string;
}

const GENERATED = "npm run docs:config";

export function generatedFiles(): GeneratedFile[] {
  const factory = jsonSchema(configSchema, "factory.yaml");
  const image = jsonSchema(imageSchema, "images/<name>/image.yaml");
  const request = jsonSchema(publishRequestSchema, "Publish request");
  return [
    { path: "docs/schema/factory.schema.json", content: `${JSON.stringify(factory, undefined, 2)}\n` },
    { path: "docs/schema/image.schema.json", content: `${JSON.stringify(image, undefined, 2)}\n` },
    { path: "docs/schema/publish-request.schema.json", content: `${JSON.stringify(request, undefined, 2)}\n` },
    { path: "docs/configuration.md", content: reference(factory, image) },
  ];
}

/** The part of JSON Schema that our schemas come to. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly required?: readonly string[];
}

/** As one writes it, before defaults are filled in. Draft 7 is what editors' YAML support speaks best. */
function jsonSchema(schema: z.ZodType, title: string): Schema {
  return { title, ...z.toJSONSchema(schema, { io: "input", target: "draft-7" }) } as Schema;
}

function reference(factory: Schema, image: Schema): string {
  return `${[
    "# Configuration",
    "",
    `Generated from the schema by \`${GENERATED}\`; do not edit.`,
    "",
    "`factory validate` checks all files at once and says file, line, key, value and remedy of each problem. Editors that",
    "speak YAML language server complete and check while one writes. No secret belongs in any of these files.",
    "",
    "A section that may be left out has keys that are required when it is there.",
    "",
    "## factory.yaml",
    "",
    "One per factory, at the root of the repository or where `FACTORY_CONFIG` says. The repository's own is a commented,",
    "complete example.",
    "",
    ...table(factory),
    "",
    "## images/\\<name\\>/image.yaml",
    "",
    "One per image of the catalogue, beside its recipe.",
    "",
    ...table(image),
    "",
  ].join("\n")}`;
}

function table(schema: Schema): string[] {
  return ["| key | value | default | meaning |", "| --- | --- | --- | --- |", ...rows(schema, "")];
}

function rows(schema: Schema, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    const required = schema.required?.includes(key) ?? false;
    return [row(path, property, required), ...inner(property, path)];
  });
}

/** What names of the user's own choice lead to, when those are mappings themselves. */
function valuesOf({ additionalProperties }: Schema): Schema | undefined {
  return typeof additionalProperties === "object" && additionalProperties.properties ? additionalProperties : undefined;
}

/** Keys below this one: of a mapping, of the mappings in a list, or of those that have names. */
function inner(schema: Schema, path: string): string[] {
  if (schema.type === "array" && schema.items) return rows(schema.items, `${path}[]`);
  const values = valuesOf(schema);
  return values ? rows(values, `${path}.<name>`) : rows(schema, path);
}

function row(path: string, schema: Schema, required: boolean): string {
  const value = required ? "**required**" : defaultOf(schema);
  return `| \`${path}\` | ${kind(schema)} | ${value} | ${cell(schema.description ?? "")} |`;
}

function defaultOf({ default: value }: Schema): string {
  const isEmpty = value === undefined || (typeof value === "object" && value !== null);
  return isEmpty ? "" : `\`${JSON.stringify(value).replace(/^"(.*)"$/, "$1")}\``;
}

const FORMATS: Readonly<Record<string, string>> = {
  email: "mail address",
  ipv4: "IPv4 address",
  "ipv4-network": "IPv4 network, CIDR",
};

function kind(schema: Schema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(", ");
  if (schema.format !== undefined) return FORMATS[schema.format] ?? schema.format;
  switch (schema.type) {
    case "array":
      return schema.items?.properties ? "list of mappings" : `list of ${schema.items ? kind(schema.items) : "values"}`;
    case "object":
      if (valuesOf(schema)) return "mappings by name";
      return schema.properties ? "mapping" : "mapping of text to text";
    case "number":
      return "number";
    case "integer":
      return `whole number, ${schema.minimum ?? "any"} to ${schema.maximum ?? "any"}`;
    case "string":
      return "text";
    default:
      return schema.type ?? "any";
  }
}

const cell = (text: string): string => text.replace(/\|/g, "\\|");
