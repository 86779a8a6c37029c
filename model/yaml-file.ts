/** A YAML file checked against a schema: every problem with its line. */
import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Alias,
  type Document,
  type Node,
  type YAMLParseError,
} from "yaml";
import type { z } from "zod";
import { formatPath, type Path, type Problem } from "./problem";
import { describeIssue } from "./schema-issue";

export interface YamlFile {
  /** What the file says, whether that is right or not. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** A problem with what stands at this path, at its line. */
  readonly problem: (path: Path, facts: Pick<Problem, "value" | "message" | "remedy">) => Problem;
}

/** Reads the text; problems are those of YAML itself, duplicate keys among them, and what looks like a secret. */
export function readYaml(text: string, file: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const problem: YamlFile["problem"] = (path, facts) => ({
    file,
    line: lineAt(offsetOf(document, path)),
    path: formatPath(path),
    ...facts,
    ...(SECRET.test(JSON.stringify(facts.value ?? null)) && { value: undefined }),
  });
  const twice = document.errors.filter((error) => error.code === "DUPLICATE_KEY");
  // A parser goes on after an error, but what it then finds mostly comes of that one.
  const [broken] = document.errors.filter((error) => error.code !== "DUPLICATE_KEY");
  const unresolved = broken ? undefined : unresolvedAlias(document);
  const syntax = [...twice, ...(broken ? [broken] : [])].map((error): Problem => ({
    file,
    line: lineAt(error.pos[0]),
    path: "",
    ...(error.code === "DUPLICATE_KEY" ? duplicateKey(text, error.pos) : notYaml(error)),
  }));
  if (unresolved) syntax.push({ file, line: lineAt(unresolved.range?.[0] ?? 0), path: "", ...noAnchor(unresolved) });
  // A broken document still gives a value, but one that says little about what was meant.
  const value: unknown = broken || unresolved ? undefined : document.toJS();
  const secrets = secretValues(document).map((path) => problem(path, SECRET_VALUE));
  return { value, problems: [...syntax, ...secrets], problem };
}

function notYaml({ code, message }: YAMLParseError): Pick<Problem, "message" | "remedy"> {
  if (code === "MULTIPLE_DOCS") return { message: "has several documents", remedy: "keep what stands before the ---" };
  const [line = ""] = message.split("\n");
  return { message: `is no YAML: ${line.replace(/[.:]$/, "")}`, remedy: "check quotes, colons and indentation there" };
}

function unresolvedAlias(document: Document): Alias | undefined {
  let found: Alias | undefined;
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return undefined;
      found = alias;
      return visit.BREAK;
    },
  });
  return found;
}

function noAnchor({ source }: Alias): Pick<Problem, "message" | "remedy"> {
  return { message: `has *${source}, but no &${source} before it`, remedy: "put it in quotes if it is text" };
}

function duplicateKey(text: string, [start, end]: readonly [number, number]): Pick<Problem, "message" | "remedy"> {
  const key = /^["']?([\w.-]+)/.exec(text.slice(start, Math.max(end, start + 60)))?.[1] ?? "a key";
  return { message: `"${key}" is there twice`, remedy: "keep one of them" };
}

/** Problems of the value under this schema. */
export function schemaProblems(yaml: YamlFile, schema: z.ZodType): Problem[] {
  const result = schema.safeParse(yaml.value);
  if (result.success) return [];
  // What holds a secret has been told, and that comes first.
  const told = yaml.problems.map(({ path }) => path).filter((path) => path !== "");
  return result.error.issues
    .flatMap((issue) => describeIssue(issue, yaml.value, schema).map(({ path, ...facts }) => yaml.problem(path, facts)))
    .filter(({ path }) => !told.includes(path));
}

const SECRET_VALUE = {
  message: "holds a secret",
  remedy: "take it out and change it; secrets belong in clouds.yaml or in the environment, never in this file",
} as const;

/** Private keys, and user:password@ in a URL. The value itself is never shown. */
const SECRET = /-----BEGIN [A-Z ]*PRIVATE KEY|[a-z][a-z0-9+.-]*:\/\/[^/\s:@]+:[^/\s@]+@/i;

function secretValues(document: Document): Path[] {
  const found: Path[] = [];
  visit(document, {
    Scalar(_, node, ancestors) {
      if (typeof node.value === "string" && SECRET.test(node.value)) found.push(pathOf(node, ancestors));
    },
  });
  return found;
}

function pathOf(node: Node, ancestors: readonly unknown[]): Path {
  const chain = [...ancestors, node];
  return chain.flatMap((one, index): Path => {
    if (isPair(one) && isScalar(one.key)) return [String(one.key.value)];
    const next = chain[index + 1];
    return isSeq(one) ? [one.items.indexOf(next)] : [];
  });
}

/** Where the key at this path (or the nearest thing around it that is there) begins. */
function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? 0;
  for (const key of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (!pair) return offset;
      offset = isScalar(pair.key) ? (pair.key.range?.[0] ?? offset) : offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      offset = (node as Node | undefined)?.range?.[0] ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}
