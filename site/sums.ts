/** SHA256SUMS of an image: of all its releases that are in order and whose files are there. */
import { imageFile, type CatalogueImage } from "../model/catalogue";
import { hasFile } from "./files";
import type { SiteFile } from "./site-file";

export function sumsFile({ releases }: Pick<CatalogueImage, "releases">): SiteFile {
  const lines = releases
    .filter(({ state }) => state !== "revoked")
    .map((release) => ({ ...release, file: imageFile(release) }))
    .filter((release) => hasFile(release, release.file))
    .map(({ sha256, file }) => `${sha256}  ${file}\n`);
  return { content: lines.join(""), type: "text/plain; charset=utf-8", sign: "detached" };
}
