/** Where a secret comes from, as factory.yaml says it. Pure. */
import type { SecretName } from "../../model/config/secrets";

export const SOURCE_KINDS = ["file", "env", "barbican", "command"] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** Made by the factory, or brought by the user: a path, a variable, a name or id, a command line. */
export type SecretSource = { readonly kind: "generate" } | { readonly kind: SourceKind; readonly what: string };

/** `file:/a/b` → `{kind: "file", what: "/a/b"}`; the schema has checked it. */
export function parseSource(text: string): SecretSource {
  const [, word, what = ""] = /^([a-z]+):([\s\S]*)$/.exec(text) ?? [];
  const kind = SOURCE_KINDS.find((one) => one === word);
  return kind === undefined ? { kind: "generate" } : { kind, what };
}

/** How messages refer to a secret: `factory.yaml: secrets.ca (file:/a/b)`. */
export function whereOf(name: SecretName, source: string): string {
  return `factory.yaml: secrets.${name} (${source})`;
}

/** `directoryReader` → `directory-reader` */
export function kebab(name: SecretName): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Names in Barbican of what is kept there for a generated secret. */
export function keptAs(factory: string, name: SecretName): KeptNames {
  const value = `${factory}-${kebab(name)}`;
  return { value, lock: `${value}.lock`, rotation: `${value}.rotation`, switched: `${value}.switched` };
}

export interface KeptNames {
  /** The value itself; of several the newest counts. */
  readonly value: string;
  /** There while somebody makes a value. */
  readonly lock: string;
  /** There from the beginning of a rotation to its end. */
  readonly rotation: string;
  /** There once every node trusts both CAs and may be given certificates of the new one. */
  readonly switched: string;
}
