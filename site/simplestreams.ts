/**
 * The index that image mirrors read (simplestreams): the files, and the ids in each region. Each document is there twice:
 * as `.json` with a detached signature, and clear-signed as `.sjson`, whose index leads to clear-signed documents again.
 */
import {
  artefactObject,
  currentRelease,
  imageFile,
  type Catalogue,
  type CatalogueImage,
  type CatalogueRegion,
  type Release,
} from "../model/catalogue";
import { hasFile } from "./files";
import { PLACES } from "./places";
import type { SiteFile } from "./site-file";
import { slug } from "./text";

const signed = (object: string): string => object.replace(/\.json$/, ".sjson");

/** The index for those who check signatures. */
export const SIGNED_INDEX = signed(PLACES.streams);

const DOWNLOADS = "streams/v1/downloads.json";
const IDS = "streams/v1/image-ids.json";

interface Item {
  readonly ftype?: string;
  readonly path?: string;
  readonly size?: number;
  readonly sha256?: string;
  readonly sha512?: string;
  readonly id?: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly virt?: string;
}

interface Products {
  readonly format: "products:1.0";
  readonly datatype: "image-downloads" | "image-ids";
  readonly content_id: string;
  readonly updated: string;
  readonly products: Readonly<Record<string, object>>;
}

/** By object name. */
export function simplestreams(catalogue: Catalogue): ReadonlyMap<string, SiteFile> {
  const updated = streamTime(catalogue.generated);
  const vendor = vendorOf(catalogue.address);
  const downloads: Products = {
    format: "products:1.0",
    datatype: "image-downloads",
    content_id: `${vendor}:released:download`,
    updated,
    products: products(catalogue, vendor, (image, release) => files(image, release)),
  };
  const ids: Products = {
    format: "products:1.0",
    datatype: "image-ids",
    content_id: `${vendor}:released:ids`,
    updated,
    products: products(catalogue, vendor, (_, release) => copies(catalogue.regions, release)),
  };
  const index = (place: (object: string) => string): object => ({
    format: "index:1.0",
    updated,
    index: {
      [downloads.content_id]: entry(downloads, place(DOWNLOADS), {}),
      [ids.content_id]: entry(ids, place(IDS), { clouds: catalogue.regions.map(cloud) }),
    },
  });
  return new Map([
    [PLACES.streams, plain(index((object) => object))],
    [SIGNED_INDEX, clear(index(signed))],
    ...both(DOWNLOADS, downloads),
    ...both(IDS, ids),
  ]);
}

function entry({ format, datatype, updated, products }: Products, path: string, more: object): object {
  return { format, datatype, path, updated, products: Object.keys(products), ...more };
}

const cloud = ({ region, authUrl }: CatalogueRegion): object => ({
  region,
  ...(authUrl !== undefined && { endpoint: authUrl }),
});

const text = (document: object): string => `${JSON.stringify(document, undefined, 1)}\n`;
const plain = (document: object): SiteFile => ({ content: text(document), type: "application/json", sign: "detached" });
const clear = (document: object): SiteFile => ({
  content: text(document),
  type: "text/plain; charset=utf-8",
  sign: "clear",
});
const both = (object: string, document: object): readonly (readonly [string, SiteFile])[] => [
  [object, plain(document)],
  [signed(object), clear(document)],
];

/** As Ubuntu's own streams call them. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: "amd64", aarch64: "arm64" };

/** What mirrors into OpenStack take for a disk of QEMU. */
const FILE_TYPES: Readonly<Record<string, string>> = { qcow2: "disk1.img" };

type Items = Readonly<Record<string, Item>>;

function products(
  { images }: Catalogue,
  vendor: string,
  itemsOf: (image: CatalogueImage, release: Release) => Items,
): Readonly<Record<string, object>> {
  const named = images.map((image) => {
    const { name, title, os, architecture, support } = image;
    const arch = ARCHITECTURES[architecture] ?? architecture;
    const versions = offered(image)
      .map((release) => [serial(release.build), release.name, itemsOf(image, release)] as const)
      .filter(([, , items]) => Object.keys(items).length > 0)
      .map(([key, pubname, items]) => [key, { label: "release", pubname, items }]);
    const product = {
      aliases: name,
      arch,
      os: os.distro,
      release: os.codename,
      release_title: title,
      version: os.version,
      ...(support.until !== undefined && { support_eol: support.until }),
      versions: Object.fromEntries(versions) as object,
    };
    return { key: `${vendor}:${name}:${arch}`, product, count: versions.length };
  });
  return Object.fromEntries(named.filter(({ count }) => count > 0).map(({ key, product }) => [key, product]));
}

/**
 * Mirrors take the version whose name sorts last for the newest: after a rollback the releases that came after the
 * current one are not offered, and without a current one none is.
 */
function offered(image: CatalogueImage): readonly Release[] {
  const current = currentRelease(image);
  if (!current) return [];
  return image.releases.filter(({ state, build }) => state !== "revoked" && serial(build) <= serial(current.build));
}

/** `202611010400-3f2a` of a build; sorts by time. */
const serial = (build: string): string => build.split("-").slice(-2).join("-");

function files({ name }: CatalogueImage, release: Release): Items {
  const file = imageFile(release);
  if (!hasFile(release, file)) return {};
  const { size, sha256, sha512, format, build } = release;
  const ftype = FILE_TYPES[format] ?? `disk.${format}`;
  return { [ftype]: { ftype, path: artefactObject(name, build, file), size, sha256, sha512 } };
}

function copies(regions: readonly CatalogueRegion[], { copies }: Release): Items {
  const items = copies
    .filter(({ status }) => status === "active")
    .map(({ region: name, imageId }) => {
      const region = regions.find((each) => each.name === name);
      const endpoint = region?.authUrl === undefined ? {} : { endpoint: region.authUrl };
      return [slug(name), { id: imageId, region: region?.region ?? name, virt: "kvm", ...endpoint }];
    });
  return Object.fromEntries(items) as Items;
}

/** `org.example.images` of `https://images.example.org`; of an address without a name the address. */
function vendorOf(site: string): string {
  const { hostname } = new URL(site);
  if (/^[\d.]+$|:/.test(hostname)) return hostname.replace(/[^\w.-]/g, "");
  return hostname.split(".").reverse().join(".");
}

/** As simplestreams writes times: RFC 2822. */
const streamTime = (time: string): string => new Date(time).toUTCString().replace("GMT", "+0000");
