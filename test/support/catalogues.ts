/** Catalogues for tests: one that has a bit of everything, and as large ones as are asked for. */
import { createHash } from "node:crypto";
import type { Catalogue, CatalogueImage, Release } from "../../model/catalogue";

const DAY = 86_400_000;
const START = Date.parse("2026-11-01T04:00:00.000Z");

const digest = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest("hex");

/** What a build leaves, as far as the pages speak of it. */
export const artefactNames = (build: string): readonly string[] => [
  `${build}.qcow2`,
  `${build}.qcow2.asc`,
  `${build}.qcow2.sig`,
  "SHA256SUMS",
  "SHA256SUMS.asc",
  "SHA512SUMS",
  "SHA512SUMS.asc",
  "changes.json",
  "changes.md",
  "files.hashdeep",
  "image-signing.crt",
  "image.hashdeep",
  "logs/build-image.log",
  "packages.json",
  "packages.txt",
  "provenance.dsse.json",
  "provenance.json",
  "sbom.cdx.json",
  "sbom.spdx.json",
  "signing-key.asc",
  "signing-key.gpg",
  "test/report.html",
  "test/report.xml",
];

/** A UUID that is always the same for the same text. */
export function uuid(text: string): string {
  const hex = digest("sha256", text);
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}

function buildOf(image: string, age: number): string {
  const stamp = new Date(START - age * 30 * DAY).toISOString().slice(0, 16).replace(/\D/g, "");
  return `${image}-${stamp}-${digest("sha256", `${image} ${age}`).slice(0, 4)}`;
}

/** The n-th release of an image, 0 being the newest: current, previous, older. One a month. */
export function release(image: string, title: string, regions: readonly string[], age: number): Release {
  const released = new Date(START - age * 30 * DAY);
  const build = buildOf(image, age);
  const day = released.toISOString().slice(0, 10).replaceAll("-", "");
  const size = 250_000_000 + (parseInt(digest("sha256", build).slice(0, 6), 16) % 50_000_000);
  return {
    build,
    state: age === 0 ? "current" : age === 1 ? "previous" : "older",
    released: released.toISOString(),
    name: age === 0 ? title : `${title} ${day}`,
    patchedUntil: new Date(released.getTime() - 7_200_000).toISOString(),
    commit: digest("sha1", build),
    signedBy: "0123456789ABCDEF0123456789ABCDEF01234567",
    format: "qcow2",
    size,
    virtualSize: 2 * 1024 ** 3,
    minDiskGiB: 3,
    minRamMiB: 512,
    sha256: digest("sha256", build),
    sha512: digest("sha512", build),
    copies: regions.map((region) => ({
      region,
      imageId: uuid(`${region} ${build}`),
      hash: { algorithm: "sha512", value: digest("sha512", build) },
      visibility: "public",
      hidden: age > 0,
      status: "active",
      signed: true,
    })),
    properties: {
      architecture: "x86_64",
      hw_disk_bus: "scsi",
      hw_scsi_model: "virtio-scsi",
      image_build_date: released.toISOString().slice(0, 19).replace("T", " "),
      image_factory_image: image,
      os_purpose: age === 0 ? "custom" : "oldgeneric",
    },
    artefacts: artefactNames(build).map((path) => ({
      path,
      size: path.endsWith(".qcow2") ? size : 1000 + path.length,
    })),
    tests: { passed: 41, skipped: 2 },
    packages: 331,
    changes: { since: buildOf(image, age + 1), updated: 12, added: 1, gone: 0 },
  };
}

/** The same release, withdrawn. */
export function revoked(one: Release, reason: string): Release {
  return {
    ...one,
    state: "revoked",
    copies: one.copies.map((copy) => ({ ...copy, hidden: true, status: "deactivated" })),
    revoked: { at: new Date(Date.parse(one.released) + DAY).toISOString(), reason, builtOn: [] },
  };
}

export interface ImageOptions {
  readonly name: string;
  readonly title: string;
  readonly os: CatalogueImage["os"];
  readonly regions: readonly string[];
  /** How many releases it has. */
  readonly releases: number;
}

export function catalogueImage({ name, title, os, regions, releases }: ImageOptions): CatalogueImage {
  return {
    name,
    title,
    description: `${title}, the smallest that boots everywhere`,
    os,
    architecture: "x86_64",
    user: os.distro,
    contact: "mailto:images@example.org",
    purpose: "custom",
    replaceFrequency: "monthly",
    providedUntil: "2028-06-30",
    support: { from: "2023-06-10", until: "2026-06-10", longTermUntil: "2028-06-30" },
    regions: [...regions],
    certifications: [],
    releases: Array.from({ length: releases }, (_, age) => release(name, title, regions, age)),
  };
}

const FINGERPRINTS = {
  builds: "0123456789ABCDEF0123456789ABCDEF01234567",
  publisher: "89ABCDEF0123456789ABCDEF0123456789ABCDEF",
} as const;

/** Everything but the images. */
export function emptyCatalogue(regions: readonly string[] = ["north", "south"]): Catalogue {
  return {
    version: 1,
    factory: "demo",
    address: "https://images.example.org",
    generated: "2026-11-02T08:00:00.000Z",
    keys: {
      builds: { fingerprint: FINGERPRINTS.builds, keyring: "keys/builds.gpg", key: "keys/builds.asc" },
      publisher: { fingerprint: FINGERPRINTS.publisher, keyring: "keys/publisher.gpg", key: "keys/publisher.asc" },
      image: { certificate: "keys/image-signing.crt", publicKey: "keys/image-signing.pub", sha256: "c".repeat(64) },
    },
    regions: regions.map((name, index) => ({
      name,
      region: `Region${index + 1}`,
      authUrl: `https://identity-${index + 1}.example.org/v3`,
      owner: digest("md5", name),
    })),
    images: [],
  };
}

/** An image of each kind: with history, a revoked release, nothing but revoked ones, a first release. */
export function smallCatalogue(): Catalogue {
  const empty = emptyCatalogue();
  const regions = empty.regions.map(({ name }) => name);
  const bookworm = { distro: "debian", version: "12", codename: "bookworm" };
  const debian = catalogueImage({ name: "debian-12", title: "Debian 12", os: bookworm, regions, releases: 5 });
  const noble = { distro: "ubuntu", version: "24.04", codename: "noble" };
  const ubuntu = catalogueImage({ name: "ubuntu-24.04", title: "Ubuntu 24.04", os: noble, regions, releases: 1 });
  const leap = { distro: "opensuse", version: "15.6", codename: "Leap" };
  const suse = catalogueImage({
    name: "opensuse-leap-15.6",
    title: "openSUSE Leap 15.6",
    os: leap,
    regions,
    releases: 1,
  });
  const trixie = { distro: "debian", version: "13", codename: "trixie" };
  const one = { name: "debian-13", title: "Debian 13", os: trixie, regions: regions.slice(0, 1), releases: 2 };
  const thirteen = catalogueImage(one);
  return {
    ...empty,
    images: [
      {
        ...debian,
        certifications: [
          {
            vendor: "Example Audits",
            id: "EA-2026-17",
            validUntil: "2027-03-31",
            evidence: "https://audits.example.org/17",
          },
        ],
        releases: debian.releases.map((each, age) =>
          age === 2 ? revoked(each, "CVE-2026-1234: sshd took every password") : each,
        ),
      },
      thirteen,
      { ...suse, releases: suse.releases.map((each) => revoked(each, "the recipe held a password")) },
      { ...ubuntu, releases: ubuntu.releases.map((each) => ({ ...each, changes: null })) },
    ],
  };
}

/** So many images with so many releases each, of which the newest few are still there with their files. */
export function largeCatalogue(images: number, releases: number, kept = 3): Catalogue {
  const empty = emptyCatalogue();
  const regions = empty.regions.map(({ name }) => name);
  const distros = ["debian", "opensuse", "rocky", "ubuntu"] as const;
  const made = Array.from({ length: images }, (_, index) => {
    const distro = distros[index % distros.length]!;
    const version = String(10 + Math.floor(index / distros.length));
    const os = { distro, version, codename: `code-${version}` };
    const image = catalogueImage({
      name: `${distro}-${version}`,
      title: `${distro} ${version}`,
      os,
      regions,
      releases,
    });
    const gone = { artefacts: [], copies: [], properties: {} };
    return { ...image, releases: image.releases.map((each, age) => (age < kept ? each : { ...each, ...gone })) };
  });
  return { ...empty, images: made.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}
