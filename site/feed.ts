/** The Atom feed (RFC 4287): releases and revocations, newest first. */
import type { Catalogue, CatalogueImage, Release } from "../model/catalogue";
import { escapeMarkup } from "../model/markup";
import { changesSentence } from "./changes-part";
import { PLACES, address } from "./places";
import type { SiteFile } from "./site-file";

/** Enough for a reader that looks once a month at a busy factory. */
const MOST_ENTRIES = 100;

interface Entry {
  /** What makes it another one; stays for ever. */
  readonly id: string;
  readonly title: string;
  /** ISO 8601. */
  readonly updated: string;
  /** Name of an object, with the place in it. */
  readonly place: string;
  readonly summary: string;
}

export function feedFile(catalogue: Catalogue): SiteFile {
  const { factory, address: site, generated } = catalogue;
  const entries = catalogue.images
    .flatMap((image) => image.releases.flatMap((release) => entriesOf(image, release)))
    .sort((a, b) => Date.parse(b.updated) - Date.parse(a.updated) || (a.id < b.id ? -1 : 1))
    .slice(0, MOST_ENTRIES);
  const content = `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<title>${escapeMarkup(`Images of ${factory}`)}</title>
<id>${escapeMarkup(`${site}/`)}</id>
<updated>${entries[0]?.updated ?? generated}</updated>
<author><name>${escapeMarkup(factory)}</name></author>
<link rel="self" type="application/atom+xml" href="${escapeMarkup(`${site}/${PLACES.feed}`)}"/>
<link rel="alternate" type="text/html" href="${escapeMarkup(`${site}/`)}"/>
${entries.map((entry) => entryXml(site, entry)).join("")}</feed>
`;
  return { content, type: "application/atom+xml; charset=utf-8" };
}

function entriesOf(image: CatalogueImage, release: Release): readonly Entry[] {
  const { build, released, revoked, changes } = release;
  const place = `${PLACES.image(image.name)}#${build}`;
  const made = {
    id: build,
    title: `${image.title}: ${build}`,
    updated: released,
    place,
    summary: changesSentence(changes).text.replace(/<\/?code>/g, ""),
  };
  if (!revoked) return [made];
  const { at, reason } = revoked;
  return [
    made,
    {
      id: `${build}#revoked`,
      title: `Revoked: ${image.title}: ${build}`,
      updated: at,
      place,
      summary: escapeMarkup(reason),
    },
  ];
}

/** The summary is escaped already. */
function entryXml(site: string, { id, title, updated, place, summary }: Entry): string {
  return `<entry>
<title>${escapeMarkup(title)}</title>
<id>${escapeMarkup(`${site}/${id}`)}</id>
<updated>${updated}</updated>
<link rel="alternate" type="text/html" href="${escapeMarkup(`${site}/${address(place)}`)}"/>
<summary>${summary}</summary>
</entry>
`;
}
