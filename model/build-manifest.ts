/**
 * What a build was made from and what came out: kept beside its artefacts, and as `released/<image>.json` for the last
 * build whose publication was asked for. The change check reads it.
 */
import type { BuildInputs } from "./change-check";

export interface BuildManifest {
  readonly version: 1;
  readonly factory: string;
  readonly image: string;
  readonly build: string;
  /** ISO 8601. */
  readonly finished: string;
  readonly inputs: BuildInputs;
  readonly output: {
    readonly format: string;
    /** Bytes. */
    readonly size: number;
    readonly virtualSize: number;
    readonly sha256: string;
    readonly sha512: string;
  };
  readonly regions: readonly { readonly name: string; readonly imageId: string }[];
}

/** The manifest in a file's text. Throws one line for what is none. */
export function readBuildManifest(text: string, file: string): BuildManifest {
  const value = parsed(text) as Partial<BuildManifest> | undefined;
  const inputs = value?.inputs as Partial<BuildInputs> | undefined;
  const known = value?.version === 1 && typeof value.build === "string" && typeof value.image === "string";
  if (known && typeof inputs?.recipe?.digest === "string" && inputs.builder && inputs.repositories) {
    return value as BuildManifest;
  }
  throw new Error(`${file}: is no build manifest of version 1; remove it to build as if there were no release yet`);
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
