/** What a page leads to, as objects of the site. */
import type { Catalogue } from "../../../model/catalogue";
import { artefactObject } from "../../../model/catalogue";
import { signatureOf, type SiteFiles } from "../../../site/site-file";

/** Addresses in a page's markup: of links, styles, scripts, pictures. */
export function addressesIn(page: string): string[] {
  return [...page.matchAll(/\s(?:href|src)="([^"]*)"/g)].map(([, value = ""]) => unescaped(value));
}

const unescaped = (text: string): string =>
  text.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** The object that an address leads to from another object, and the place in it; undefined: it leads elsewhere. */
export function target(from: string, address: string): { readonly object: string; readonly place: string } | undefined {
  const url = new URL(address, `https://site.invalid/${from}`);
  if (url.host !== "site.invalid") return undefined;
  const path = decodeURIComponent(url.pathname).slice(1);
  return { object: path === "" || path.endsWith("/") ? `${path}index.html` : path, place: url.hash.slice(1) };
}

/** Every object that there is once the publisher has written the site, the artefacts and the keys. */
export function objectsOf(catalogue: Catalogue, files: SiteFiles): ReadonlySet<string> {
  const { builds, publisher, image } = catalogue.keys;
  return new Set([
    ...files.keys(),
    ...[...files].filter(([, { sign }]) => sign === "detached").map(([name]) => signatureOf(name)),
    ...[builds, publisher].flatMap(({ key, keyring }) => [key, keyring]),
    ...[image?.certificate, image?.publicKey].flatMap((object) => object ?? []),
    ...catalogue.images.flatMap(({ name, releases }) =>
      releases.flatMap(({ build, artefacts }) => artefacts.map(({ path }) => artefactObject(name, build, path))),
    ),
  ]);
}
