/** Jenkins' configuration as code: files of the repository with this factory's values in them. Pure. */
import { parseDocument, stringify } from "yaml";

/**
 * A JCasC file with every `{{ name }}` in its strings replaced; `${NAME}` is Jenkins' own and stays. Values go into
 * parsed strings, so none can change the document's structure. Throws when the YAML is broken, has a key twice, or names
 * a value that there is not.
 */
export function fillCasc(file: string, text: string, values: Readonly<Record<string, string>>): string {
  const document = parseDocument(text, { uniqueKeys: true });
  const [problem] = document.errors;
  if (problem) throw new Error(`${file}: ${problem.message.split("\n")[0] ?? ""}`);
  const fill = (node: unknown): unknown => {
    if (typeof node === "string")
      return node.replace(/\{\{ *(\w+) *\}\}/g, (_, name: string) => {
        const value = values[name];
        if (value === undefined) throw new Error(`${file}: no value for {{ ${name} }}`);
        // a value of ours is no reference of Jenkins'
        return value.replaceAll("${", "^${");
      });
    if (Array.isArray(node)) return node.map(fill);
    if (node !== null && typeof node === "object")
      return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, fill(value)]));
    return node;
  };
  return stringify(fill(document.toJS()), { lineWidth: 0 });
}

/** A reference of Jenkins' own, as far as we use them: a secret by its name, or a file. `^${…}` is none. */
const REFERENCE = /(?<!\^)\$\{([^}]*)\}?/g;

const references = (text: string): string[] => [
  ...new Set([...text.matchAll(REFERENCE)].map(([, inside = ""]) => inside)),
];

/** The names of the secrets that a JCasC file refers to as ${NAME}. */
export function secretsNamedIn(text: string): string[] {
  return references(text)
    .filter((inside) => /^[A-Za-z_]\w*$/.test(inside))
    .sort();
}

export interface KnownReferences {
  /** Names of secrets: ${NAME}. */
  readonly secrets: readonly string[];
  /** Paths of files that Jenkins' unit is shown: ${readFile:FILE}. */
  readonly files: readonly string[];
}

/** What a JCasC file refers to and nobody provides, one line each: JCasC would take it for empty, and warn at most. */
export function unknownReferences(file: string, text: string, { secrets, files }: KnownReferences): string[] {
  const known = [...secrets, ...files.map((path) => `readFile:${path}`)];
  return references(text)
    .filter((inside) => !known.includes(inside))
    .map((inside) => `${file}: nothing is called \${${inside}}; there are: ${known.join(", ")}`);
}
