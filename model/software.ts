/** What an image is made of, for its bills of materials: packages as their own database and files describe them. */
import type { ImageDefinition } from "./image";
import { packageFamily, type PackageFamily } from "./package-family";

export interface SoftwarePackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** The source package that it was built from, where the database tells it. */
  readonly source?: { readonly name: string; readonly version: string };
  /** Who maintains it: `Name <mail>`. */
  readonly maintainer?: string;
  readonly homepage?: string;
  readonly summary?: string;
  /** Licences that it says it is under, as SPDX identifiers, or the packager's own words where SPDX has none. */
  readonly licences: readonly Licence[];
  /** SHA-256 of the list of its files' hashes, as the package brought it. */
  readonly filesDigest?: string;
}

/** An SPDX identifier, or a name that SPDX does not know. */
export type Licence = { readonly id: string } | { readonly name: string };

export interface BillSubject {
  readonly image: string;
  readonly build: string;
  readonly description: string;
  /** Name of the image's file. */
  readonly file: string;
  readonly sha256: string;
  readonly sha512: string;
  readonly os: {
    readonly distro: ImageDefinition["os"]["distro"];
    readonly version: string;
    readonly codename: string;
  };
  readonly supplier: { readonly name: string; readonly mail: string };
  /** ISO 8601. */
  readonly created: string;
  /** Of the factory's own making: name and version of what wrote this. */
  readonly tool: string;
}

/** A package's URL (https://github.com/package-url/purl-spec): the key by which scanners know it. */
export function packageUrl(one: SoftwarePackage, os: BillSubject["os"]): string {
  const { type, version, qualifiers } = URL_PARTS[packageFamily(os)](one);
  const all = [...qualifiers, `distro=${os.distro}-${os.version}`].sort().join("&");
  return `pkg:${type}/${os.distro}/${encode(one.name)}@${encode(version)}?${all}`;
}

interface UrlParts {
  readonly type: string;
  readonly version: string;
  readonly qualifiers: readonly string[];
}

/** How each family's packages are named in a URL: an epoch is part of Debian's versions, and beside rpm's. */
const URL_PARTS: Readonly<Record<PackageFamily, (one: SoftwarePackage) => UrlParts>> = {
  apt: ({ name, version, architecture, source }) => {
    const upstream = source && (source.name !== name || source.version !== version);
    const qualifiers = [`arch=${architecture}`, ...(upstream ? [`upstream=${sourceText(source)}`] : [])];
    return { type: "deb", version, qualifiers };
  },
  rpm: ({ version, architecture }) => {
    const [, epoch, rest = version] = /^(\d+):(.*)$/.exec(version) ?? [];
    const qualifiers = [`arch=${architecture}`, ...(epoch === undefined ? [] : [`epoch=${epoch}`])];
    return { type: "rpm", version: rest, qualifiers };
  },
};

const encode = (text: string): string => encodeURIComponent(text).replace(/%3A/g, ":");
const sourceText = ({ name, version }: NonNullable<SoftwarePackage["source"]>): string =>
  encodeURIComponent(`${name}@${version}`);

/** In an order that depends on nothing but the packages. */
export function inPackageOrder(packages: readonly SoftwarePackage[]): SoftwarePackage[] {
  const key = ({ name, architecture, version }: SoftwarePackage): string => `${name}\t${architecture}\t${version}`;
  return [...packages].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** `Name <mail>` in its parts; what stands between the brackets may be something else. */
export function person(text: string): { readonly name: string; readonly mail?: string } {
  const [, name = text, mail = ""] = /^"?(.*?)"?\s*<([^<>]*)>\s*$/.exec(text.trim()) ?? [];
  const isMail = /^[^\s@]+@[^\s@]+$/.test(mail);
  return { name: name.trim() || mail || text, ...(isMail && { mail }) };
}
