/** Reading a listing to its end. Any page that fails throws: part of a listing is never taken for all of it. */
import type { Query, Session } from "./session";
import type { Service } from "./catalogue";

export interface Listing {
  readonly service: Service;
  readonly path: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the items are in the answer: {"servers": […]}. */
  readonly key: string;
}

/** All items of a listing, following `<key>_links` (Nova, Neutron, Cinder) or `next` (Glance). */
export async function listAll<T>(session: Session, listing: Listing): Promise<T[]> {
  const { service, path, key } = listing;
  const items: T[] = [];
  const seen = new Set<string>();
  let marker: string | undefined;
  for (;;) {
    const body = await session.json<Record<string, unknown>>({
      service,
      method: "GET",
      path,
      query: { ...listing.query, ...(marker !== undefined && { marker }) },
      ...(listing.headers && { headers: listing.headers }),
    });
    const page = body[key];
    if (!Array.isArray(page)) throw new Error(`${session.cloud}: ${service} GET ${path}: no "${key}" in the answer`);
    items.push(...(page as T[]));
    marker = nextMarker(body, key);
    if (marker === undefined) return items;
    if (seen.has(marker)) throw new Error(`${session.cloud}: ${service} GET ${path}: page ${marker} comes twice`);
    seen.add(marker);
  }
}

/** Only the marker is taken from the link: behind a proxy its scheme and host are often wrong. */
function nextMarker(body: Record<string, unknown>, key: string): string | undefined {
  const links = (body[`${key}_links`] ?? []) as readonly { readonly rel: string; readonly href: string }[];
  const next = typeof body["next"] === "string" ? body["next"] : links.find((link) => link.rel === "next")?.href;
  if (next === undefined) return undefined;
  return new URL(next, "http://unused").searchParams.get("marker") ?? undefined;
}
