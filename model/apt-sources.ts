/** apt's two ways to write down repositories. */

export interface AptSource {
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
}

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

/** `deb [options] uri suite component…` lines of a .list file; source packages and comments are left out. */
export function parseOneLine(text: string): AptSource[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (!match) return [];
    const [, uri = "", suite = "", components = ""] = match;
    return [{ uris: [uri], suites: [suite], components: words(components) }];
  });
}

/** Stanzas of a .sources file: binary packages that are not disabled. */
export function parseDeb822(text: string): AptSource[] {
  const lines = text.split("\n").filter((line) => !line.startsWith("#"));
  return lines
    .join("\n")
    .split(/\n\s*\n/)
    .map(fields)
    .filter((field) => words(field.get("types") ?? "").includes("deb") && !/^no$/i.test(field.get("enabled") ?? "yes"))
    .map((field) => ({
      uris: words(field.get("uris") ?? ""),
      suites: words(field.get("suites") ?? ""),
      components: words(field.get("components") ?? ""),
    }));
}

/** Names in lower case; a line that begins with a blank goes on with the field before. */
function fields(stanza: string): Map<string, string> {
  const found = new Map<string, string>();
  let name = "";
  for (const line of stanza.split("\n")) {
    const match = /^([A-Za-z0-9-]+):(.*)$/.exec(line);
    if (match) name = (match[1] ?? "").toLowerCase();
    const value = match ? (match[2] ?? "") : line;
    if (name !== "" && line !== "") found.set(name, `${found.get(name) ?? ""} ${value}`.trim());
  }
  return found;
}
