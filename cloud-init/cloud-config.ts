/** Cloud-config documents: filling a role's placeholders, merging, rendering, and the checks that cloud-init lacks. */
import { parseDocument, stringify } from "yaml";

export type CloudConfig = Readonly<Record<string, unknown>>;

/** Nova refuses user data of more than 65,535 base64 characters. */
export const USER_DATA_LIMIT = 49_149;

/** The top-level keys that our roles may use; cloud-init itself lets unknown ones pass. */
const KNOWN_KEYS = new Set([
  "apt",
  "bootcmd",
  "disable_root",
  "manage_etc_hosts",
  "ntp",
  "runcmd",
  "ssh_genkeytypes",
  "ssh_pwauth",
  "write_files",
]);

/**
 * A role's YAML with every `{{ name }}` inside its strings replaced. Values go into parsed strings, so none can change
 * the document's structure. Throws when the YAML is broken or has duplicate keys, a placeholder has no value, or a
 * value no placeholder.
 */
export function fillRole(name: string, yaml: string, values: Readonly<Record<string, string>>): CloudConfig {
  const document = parseDocument(yaml, { uniqueKeys: true });
  const [problem] = document.errors;
  if (problem) throw new Error(`cloud-init/roles/${name}.yaml: ${problem.message.split("\n")[0]}`);
  const used = new Set<string>();
  const fill = (node: unknown): unknown => {
    if (typeof node === "string")
      return node.replace(/\{\{ *(\w+) *\}\}/g, (_, key: string) => {
        const value = values[key];
        if (value === undefined) throw new Error(`cloud-init/roles/${name}.yaml: no value for {{ ${key} }}`);
        used.add(key);
        return value;
      });
    if (Array.isArray(node)) return node.map(fill);
    if (node !== null && typeof node === "object")
      return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, fill(value)]));
    return node;
  };
  const filled = fill(document.toJS()) as CloudConfig;
  const unused = Object.keys(values).find((key) => !used.has(key));
  if (unused !== undefined) throw new Error(`cloud-init/roles/${name}.yaml: nothing uses the value "${unused}"`);
  return filled;
}

/** Roles one after the other: lists are joined in order, a scalar or map may be given by one of them only. */
export function mergeRoles(...roles: readonly CloudConfig[]): CloudConfig {
  const merged: Record<string, unknown> = {};
  for (const role of roles)
    for (const [key, value] of Object.entries(role)) {
      const before = merged[key];
      if (before === undefined) merged[key] = value;
      else if (Array.isArray(before) && Array.isArray(value))
        merged[key] = [...(before as unknown[]), ...(value as unknown[])];
      else throw new Error(`cloud-init: "${key}" is given by two roles and is no list`);
    }
  return merged;
}

/**
 * User data. Throws for an unknown top-level key, a file written twice, or more bytes than Nova takes. Its bytes depend
 * on the input alone: user data that changes replaces the server.
 */
export function renderUserData(config: CloudConfig): string {
  const unknown = Object.keys(config).find((key) => !KNOWN_KEYS.has(key));
  if (unknown !== undefined) throw new Error(`cloud-init: unknown top-level key "${unknown}"`);
  const paths = ((config["write_files"] ?? []) as readonly { path: string }[]).map((file) => file.path);
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined) throw new Error(`cloud-init: ${twice} is written twice`);
  const text = `#cloud-config\n${stringify(config, { lineWidth: 0 })}`;
  const size = Buffer.byteLength(text);
  if (size > USER_DATA_LIMIT)
    throw new Error(`cloud-init: user data of ${size} bytes, Nova takes ${USER_DATA_LIMIT}: fetch large files instead`);
  return text;
}
