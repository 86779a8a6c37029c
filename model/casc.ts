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

/** The names of the secrets that a JCasC file refers to as ${NAME}. */
export function secretsNamedIn(text: string): string[] {
  return [...new Set([...text.matchAll(/(?<!\^)\$\{([A-Za-z_]\w*)\}/g)].map(([, name = ""]) => name))].sort();
}
