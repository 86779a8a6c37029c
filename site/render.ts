/** The whole site as objects of bucket release. Pure: the same catalogue has the same bytes. */
import { CATALOGUE, catalogueText, currentRelease, type Catalogue, type CatalogueImage } from "../model/catalogue";
import type { Details } from "./details";
import { feedFile } from "./feed";
import { imagePage, releasePage } from "./image-page";
import { indexPage } from "./index-page";
import { packagesPage } from "./packages-page";
import { PLACES } from "./places";
import { regionPage } from "./region-page";
import { SCRIPT } from "./script";
import { simplestreams } from "./simplestreams";
import type { SiteFile, SiteFiles } from "./site-file";
import { ICON, STYLE } from "./style";
import { sumsFile } from "./sums";
import { trustPage } from "./trust-page";

type Entry = readonly [string, SiteFile];

/**
 * Every object that the publisher writes: pages, feed, index, sums, and the catalogue itself. What has `sign` is signed
 * first ({@link SiteFile}). Keys and artefacts, which the pages lead to, are the publisher's own to put there.
 */
export function renderSite(catalogue: Catalogue, details: Details = new Map()): SiteFiles {
  return new Map<string, SiteFile>([
    [PLACES.style, { content: STYLE, type: "text/css; charset=utf-8" }],
    [PLACES.script, { content: SCRIPT, type: "text/javascript; charset=utf-8" }],
    [PLACES.icon, { content: ICON, type: "image/svg+xml" }],
    ...catalogue.images.flatMap((image) => imageFiles(catalogue, image, details)),
    ...catalogue.regions.map((region): Entry => [PLACES.region(region.name), regionPage(catalogue, region)]),
    [PLACES.trust, trustPage(catalogue)],
    [PLACES.feed, feedFile(catalogue)],
    ...simplestreams(catalogue),
    [CATALOGUE, { content: catalogueText(catalogue), type: "application/json", sign: "detached" }],
    // The way in comes last: whatever it leads to is there by then.
    [PLACES.index, indexPage(catalogue)],
  ]);
}

function imageFiles(catalogue: Catalogue, image: CatalogueImage, details: Details): readonly Entry[] {
  const release = currentRelease(image);
  const packages = release && details.get(release.build)?.packages;
  const sums = sumsFile(image);
  const kept = image.releases.filter(({ artefacts }) => artefacts.length > 0);
  return [
    ...kept.map((each): Entry => [PLACES.release(image.name, each.build), releasePage(catalogue, image, each)]),
    ...(packages
      ? [[PLACES.packages(image.name), packagesPage(catalogue, { image, release, packages })] as const]
      : []),
    ...(sums.content === "" ? [] : [[PLACES.sums(image.name), sums] as const]),
    [PLACES.image(image.name), imagePage(catalogue, image, details)],
  ];
}
