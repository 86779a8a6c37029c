/** What the renderer makes: objects of bucket release by their names. */

/** `clear`: the object is the content clear-signed; `detached`: a signature lies beside it as `<name>.gpg`. */
export type SiteSignature = "clear" | "detached";

export interface SiteFile {
  /** Text in UTF-8; without a signature. */
  readonly content: string;
  /** Content-Type. */
  readonly type: string;
  /** How the publisher's OpenPGP key signs it before it is stored. @default - it is not signed */
  readonly sign?: SiteSignature;
}

/** By object name, such as `index.html`. */
export type SiteFiles = ReadonlyMap<string, SiteFile>;

/** Name of a file's detached signature. */
export const signatureOf = (name: string): string => `${name}.gpg`;
