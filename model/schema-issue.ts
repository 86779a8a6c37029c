/** A schema library's issue in our words: what is wrong, and what to do. */
import { z } from "zod";
import { nearest, type Path, type Problem } from "./problem";

export type IssueText = Pick<Problem, "value" | "message" | "remedy"> & { readonly path: Path };
type Issue = z.core.$ZodIssue;

const SECRET_KEY = /passw|secret|token|passphrase|private.?key|credential|api.?key/i;

/**
 * One issue may be about several keys. A schema's own message is written as "what is wrong; what to do" and taken as it
 * is; `root` and `schema` serve to look up what stands there and what it is for.
 */
export function describeIssue(issue: Issue, root: unknown, schema: z.ZodType): IssueText[] {
  const path = issue.path.map((key) => (typeof key === "symbol" ? String(key) : key));
  const value = at(root, path);
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey([...path, key], schema));
  if (issue.code === "invalid_key") {
    const [inner] = issue.issues;
    return [{ path, ...split(inner?.message ?? issue.message) }];
  }
  if (value === undefined || value === null) return [missing(path, value, schema)];
  if (issue.code === "custom" && issue.params?.["secret"] === true) return [{ path, ...split(issue.message) }];
  return [{ path, value, ...textOf(issue, value) }];
}

function textOf(issue: Issue, value: unknown): Pick<IssueText, "message" | "remedy"> {
  if (issue.message.includes("; ")) return split(issue.message);
  switch (issue.code) {
    case "invalid_type":
      return wrongType(issue.expected, value);
    case "invalid_value": {
      const allowed = issue.values.map(String);
      const meant = typeof value === "string" ? nearest(value, allowed) : undefined;
      const remedy = meant === undefined ? `use one of ${allowed.join(", ")}` : `did you mean "${meant}"?`;
      return { message: `is none of ${allowed.join(", ")}`, remedy };
    }
    case "too_small": {
      const least = Number(issue.minimum);
      if (issue.origin === "string") return { message: "is too short", remedy: `give at least ${least} characters` };
      if (issue.origin === "array") return { message: "is too short a list", remedy: `give at least ${least}` };
      return { message: "is too small", remedy: `give at least ${least}` };
    }
    case "too_big":
      return { message: "is too big", remedy: `give at most ${Number(issue.maximum)}` };
    case "invalid_format":
      return FORMATS[issue.format] ?? { message: issue.message, remedy: "correct it" };
    default:
      return { message: issue.message, remedy: "correct it" };
  }
}

const FORMATS: Readonly<Record<string, Pick<IssueText, "message" | "remedy">>> = {
  email: { message: "is no mail address", remedy: "write it as name@example.org" },
  ipv4: { message: "is no IPv4 address", remedy: "write it as 10.60.0.1" },
  date: { message: "is no date", remedy: "write it as YYYY-MM-DD" },
};

function split(text: string): Pick<IssueText, "message" | "remedy"> {
  const [message = "", ...remedy] = text.split("; ");
  return { message, remedy: remedy.join("; ") || "correct it" };
}

const KINDS: Readonly<Record<string, readonly [string, string]>> = {
  string: ["text", "write it as text, in quotes if it looks like a number"],
  number: ["a number", "write a number, without quotes"],
  int: ["a whole number", "write a whole number, without quotes"],
  boolean: ["true or false", "write true or false"],
  array: ["a list", "write it as a list: [one, two]"],
  object: ["a mapping", "write keys and values below it"],
  record: ["a mapping", "write keys and values below it"],
};

function wrongType(expected: string, value: unknown): Pick<IssueText, "message" | "remedy"> {
  const [kind, remedy] = KINDS[expected] ?? [expected, "correct it"];
  return { message: `is not ${kind}`, remedy: value instanceof Date ? "write it in quotes" : remedy };
}

function missing(path: Path, value: unknown, schema: z.ZodType): IssueText {
  if (path.length === 0) return { path, message: "is empty", remedy: "write keys and values into it" };
  const description = schemaAt(schema, path)?.description;
  return {
    path,
    message: value === null ? "is empty" : "is missing",
    remedy: description === undefined ? "add it" : `add it: ${description}`,
  };
}

/** Without what stands there: nobody knows what it is. */
function unknownKey(path: Path, schema: z.ZodType): IssueText {
  const key = String(path.at(-1));
  if (SECRET_KEY.test(key)) {
    const remedy = "take it out and change it; secrets belong in clouds.yaml or in the environment, never in this file";
    return { path, message: "looks like a secret", remedy };
  }
  const known = keysOf(schemaAt(schema, path.slice(0, -1)));
  const meant = nearest(key, known);
  const remedy = meant === undefined ? `known here: ${known.join(", ")}` : `did you mean "${meant}"?`;
  return { path, message: "is no known key", remedy };
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (isRecord(inner) ? inner[String(key)] : undefined), value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function keysOf(schema: z.ZodType | undefined): string[] {
  const bare = schema && unwrapped(schema);
  return bare instanceof z.ZodObject ? Object.keys(bare.shape) : [];
}

/** The schema of what stands at this path. */
function schemaAt(schema: z.ZodType, path: Path): z.ZodType | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return schema;
  const bare = unwrapped(schema);
  let inner: unknown;
  if (bare instanceof z.ZodObject) inner = bare.shape[String(key)];
  else if (bare instanceof z.ZodArray) inner = bare.element;
  else if (bare instanceof z.ZodRecord) inner = bare.valueType;
  return inner instanceof z.ZodType ? schemaAt(inner, rest) : undefined;
}

function unwrapped(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    const inner: unknown = schema.unwrap();
    if (inner instanceof z.ZodType) return unwrapped(inner);
  }
  return schema;
}
