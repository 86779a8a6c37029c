/** What is published, seen from outside: by another project of the cloud, and by whoever reads the public bucket. */
import type { Catalogue } from "../../../model/catalogue";
import { currentRelease } from "../../../model/catalogue";
import { IMAGE } from "../../support/build-team";
import type { Production } from "../../support/production";
import { REGIONS } from "../../support/projects";

/** Builds; null: none is named. */
export interface Told {
  readonly catalogue: string | null;
  /** The image's page. */
  readonly page: string | null;
  /** The newest in each of the simplestreams documents: what mirrors take. */
  readonly ids: string | null;
  readonly downloads: string | null;
}

export interface Outside {
  /** Region → builds that are found by the image's name. */
  readonly found: Readonly<Record<string, readonly string[]>>;
  readonly told: Told;
}

export async function lookAt(production: Production): Promise<Outside> {
  const found = REGIONS.map(async (region) => {
    const images = await production.customerFinds(region);
    return [region, images.map((image) => String(image["image_factory_build"])).sort()] as const;
  });
  const [catalogue, page, ids, downloads] = await Promise.all(
    ["catalogue.json", `images/${IMAGE}/index.html`, "streams/v1/image-ids.sjson", "streams/v1/downloads.sjson"].map(
      async (name) => production.released(name),
    ),
  );
  return {
    found: Object.fromEntries(await Promise.all(found)),
    told: {
      catalogue: catalogue === undefined ? null : currentIn(catalogue),
      page: /<dt>Build<\/dt>\s*<dd><code>([^<]+)</.exec(page ?? "")?.[1] ?? null,
      ids: newestIn(ids),
      downloads: newestIn(downloads),
    },
  };
}

function currentIn(text: string): string | null {
  const image = (JSON.parse(text) as Catalogue).images.find(({ name }) => name === IMAGE);
  return (image && currentRelease(image)?.build) ?? null;
}

/** Of a clear-signed document. */
function newestIn(text: string | undefined): string | null {
  const document = text === undefined ? "{}" : text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1);
  const { products = {} } = JSON.parse(document) as {
    readonly products?: Readonly<Record<string, { readonly versions: object }>>;
  };
  const serials = Object.values(products).flatMap(({ versions }) => Object.keys(versions));
  const newest = serials.sort().at(-1);
  return newest === undefined ? null : `${IMAGE}-${newest}`;
}

/** All say the same, everywhere. */
export function all(build: string | null): Outside {
  const found = build === null ? [] : [build];
  return {
    found: Object.fromEntries(REGIONS.map((region) => [region, found])),
    told: { catalogue: build, page: build, ids: build, downloads: build },
  };
}

/**
 * What must not be seen in the middle of a change from one release to another. Two of the name at once are in order:
 * the new one is shown before the former one steps back.
 */
export function brokenRules({ found, told }: Outside, from: string, to: string): string[] {
  const known = [from, to];
  const isEverywhere = Object.values(found).every((builds) => builds.includes(to));
  return [
    ...Object.entries(found).flatMap(([region, builds]) => [
      ...(builds.length === 0 ? [`${region}: nobody finds an image of the name`] : []),
      ...(new Set(builds).size < builds.length ? [`${region}: a release is there twice`] : []),
      ...builds.filter((build) => !known.includes(build)).map((build) => `${region}: ${build} is found`),
    ]),
    ...Object.entries(told).flatMap(([where, build]: [string, string | null]) => [
      ...(build === null || !known.includes(build) ? [`${where}: names ${build ?? "none"}`] : []),
      ...(build === to && !isEverywhere ? [`${where}: names the new release before every region has it`] : []),
    ]),
  ];
}
