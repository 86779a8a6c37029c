/** Finding a service's URL in Keystone's catalogue. Pure. */

export interface CatalogueEntry {
  readonly type: string;
  readonly name?: string;
  readonly endpoints: readonly {
    readonly interface: string;
    readonly region?: string | null;
    readonly region_id?: string | null;
    readonly url: string;
  }[];
}

export type Interface = "public" | "internal" | "admin";

/** Per service: the types that catalogues list it under, and the API version to add where the URL names none. */
const SERVICES = {
  compute: { types: ["compute"], version: "v2.1" },
  network: { types: ["network"], version: "v2.0" },
  image: { types: ["image"], version: "v2" },
  "block-storage": { types: ["block-storage", "volumev3", "block-store"], version: "v3" },
  "object-store": { types: ["object-store"], version: undefined },
  "key-manager": { types: ["key-manager"], version: "v1" },
  identity: { types: ["identity"], version: "v3" },
} as const;

export type Service = keyof typeof SERVICES;

export interface EndpointQuery {
  readonly service: Service;
  readonly region?: string | undefined;
  readonly interface: Interface;
}

/** The service's versioned URL without a slash at the end. Throws an Error that tells what the catalogue has instead. */
export function endpoint(catalogue: readonly CatalogueEntry[], query: EndpointQuery): string {
  const { types, version } = SERVICES[query.service];
  const entries = types
    .map((type) => catalogue.filter((entry) => entry.type === type))
    .find((found) => found.length > 0);
  if (!entries) {
    const known = [...new Set(catalogue.map((entry) => entry.type))].sort().join(", ") || "nothing";
    throw new Error(`the catalogue has no "${query.service}" service (it has ${known})`);
  }
  const offered = entries.flatMap((entry) => entry.endpoints).filter((one) => one.interface === query.interface);
  const regions = [...new Set(offered.map((one) => one.region_id ?? one.region ?? ""))];
  const matching = offered.filter(
    (one) => query.region === undefined || (one.region_id ?? one.region) === query.region,
  );
  const [found] = matching;
  if (!found) {
    throw new Error(
      `the catalogue has no ${query.interface} "${query.service}" endpoint in region "${query.region ?? "any"}" ` +
        `(its regions: ${regions.join(", ") || "none"}); check the region's name`,
    );
  }
  if (query.region === undefined && regions.length > 1) {
    throw new Error(`"${query.service}" is there in several regions (${regions.join(", ")}); name the region`);
  }
  return withVersion(found.url, version);
}

/** `http://host:9292/` + v2 → `http://host:9292/v2`; a URL that names a version already is left as it is. */
export function withVersion(url: string, version: string | undefined): string {
  const trimmed = url.replace(/\/+$/, "");
  const named = new URL(trimmed).pathname.split("/").some((part) => /^v\d+(\.\d+)?$/.test(part));
  return named || version === undefined ? trimmed : `${trimmed}/${version}`;
}
