/** Cloud-config documents: filling a role's placeholders, merging, rendering, and the checks that cloud-init lacks. */
import { parseDocument, stringify } from "yaml";
import { secretIn } from "../model/secret-text";
import { checkCloudConfig } from "./schema";

export type CloudConfig = Readonly<Record<string, unknown>>;

/** Nova refuses user data of more than 65,535 base64 characters. */
export const USER_DATA_LIMIT = 49_149;

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

/** Longer than any value that Terraform puts in the place of a reference: an id, an address. */
const LONGEST_VALUE = "x".repeat(64);

/**
 * User data. Throws for what the schema does not know, what looks like a secret, or more bytes than Nova takes. Its
 * bytes depend on the input alone: user data that changes rebuilds the server.
 */
export function renderUserData(config: CloudConfig): string {
  checkCloudConfig(config);
  const text = `#cloud-config\n${stringify(config, { lineWidth: 0 })}`;
  const secret = secretIn(text);
  if (secret !== undefined) throw new Error(`cloud-init: user data holds ${secret}; hand it over by attach`);
  const size = Buffer.byteLength(text.replace(/\$\{TfToken\[[^\]]*\]\}/g, LONGEST_VALUE));
  if (size > USER_DATA_LIMIT)
    throw new Error(`cloud-init: user data of ${size} bytes, Nova takes ${USER_DATA_LIMIT}: fetch large files instead`);
  return text;
}
