/** Content-Type of artefacts: what a browser shows as text is told so. */

const TYPES: readonly (readonly [RegExp, string])[] = [
  [/\.html$/, "text/html; charset=utf-8"],
  [/\.json$/, "application/json"],
  [/\.xml$/, "application/xml"],
  [/\.(gpg|sig)$/, "application/octet-stream"],
  [/\.(crt|pem|pub)$/, "application/x-pem-file"],
  [/\.(asc|txt|log|md|tap|hashdeep)$|(^|\/)SHA\d+SUMS$/, "text/plain; charset=utf-8"],
];

export function contentType(path: string): string {
  return TYPES.find(([pattern]) => pattern.test(path))?.[1] ?? "application/octet-stream";
}
