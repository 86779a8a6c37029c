/**
 * What the factory has published, as customers see it: `catalogue.json` in bucket release. The publisher writes it after
 * every publication; the pages, the feed and the simplestreams index are made from it and from nothing else.
 */
import { z } from "zod";
import { BUILD_ID } from "./naming";

/** Name of the document's object. */
export const CATALOGUE = "catalogue.json";

const hex = (digits: number): z.ZodString =>
  z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`), `is no hash; ${digits} hex digits in lower case`);
const fingerprint = z
  .string()
  .regex(/^[0-9A-F]{40}$/, "is no fingerprint; 40 hex digits in capitals")
  .describe("Of the whole OpenPGP key, not of a subkey");
const time = z.iso.datetime().describe("ISO 8601, UTC");
const date = z.iso.date().describe("YYYY-MM-DD");
const bytes = z.int().min(0).describe("Bytes");
const count = z.int().min(0);
/** Of an object: relative, no `..`, nothing that begins with a dot (the web site does not show those). */
const objectName = z
  .string()
  .regex(/^(?!\/)(?!.*\/\/)(?!(?:.*\/)?\.)[\w./+~:-]+$/, "is no name of an object that the web site shows");
const name = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/, "is no image's name");
const webAddress = z.string().regex(/^https?:\/\/\S+$/, "is no address; write https://…");
const contact = z
  .string()
  .regex(/^(?:https?:\/\/|mailto:|tel:)\S+$/, "is no address; write https://…, mailto:… or tel:…");

const openPgpKey = z.strictObject({
  fingerprint,
  keyring: objectName.describe("The public key as gpgv reads it"),
  key: objectName.describe("The same in ASCII armour"),
});

const keysSchema = z.strictObject({
  builds: openPgpKey.describe("Signs the artefacts of builds"),
  publisher: openPgpKey.describe("Signs SHA256SUMS.gpg and the simplestreams index"),
  image: z
    .strictObject({
      certificate: objectName.describe("X.509, PEM"),
      publicKey: objectName.optional().describe("PEM"),
      sha256: hex(64).describe("Fingerprint of the certificate: SHA-256 of its DER"),
    })
    .optional()
    .describe("The P-384 key whose signature Glance and Nova verify, where the factory has one"),
});

const catalogueRegionSchema = z.strictObject({
  name: z.string().min(1).describe("As in factory.yaml"),
  region: z.string().min(1).describe("OpenStack's own name of it"),
  authUrl: webAddress.optional().describe("Where Keystone is, as customers reach it"),
  owner: z.string().min(1).optional().describe("Id of the project that owns the images there"),
});

/** A region's copy of a release. */
const copySchema = z.strictObject({
  region: z.string().min(1).describe("Name of one of the catalogue's regions"),
  imageId: z.uuid(),
  hash: z.strictObject({ algorithm: z.string().min(1), value: z.string().regex(/^[0-9a-f]{32,128}$/) }),
  visibility: z.enum(["public", "community", "shared", "private"]),
  hidden: z.boolean().describe("Glance's os_hidden"),
  status: z
    .enum(["active", "deactivated", "pending"])
    .describe("deactivated: nobody can boot it; pending: withdrawn, but the region has not answered yet"),
  signed: z.boolean().describe("Whether it has the properties by which Nova verifies its signature"),
});

const artefactSchema = z.strictObject({
  path: objectName.describe("Below images/<image>/<build>/"),
  size: bytes,
});

const releaseSchema = z.strictObject({
  build: z.string().regex(BUILD_ID, "is no build"),
  state: z.enum(["current", "previous", "older", "revoked"]),
  released: time.describe("When it became public"),
  name: z.string().min(1).describe("What it is called in Glance now"),
  version: z.string().min(1).optional().describe("os_version, where it differs from the image's"),
  patchedUntil: time.describe("Up to when patches are in it"),
  commit: hex(40).describe("Of the recipe"),
  signedBy: fingerprint,
  certificate: hex(64).optional().describe("SHA-256 of its image-signing.crt; default: the catalogue's"),
  format: z.string().min(1).describe("disk_format: qcow2, raw"),
  size: bytes.describe("Bytes of the image file"),
  virtualSize: bytes.describe("Bytes of the disk in it"),
  minDiskGiB: count,
  minRamMiB: count,
  sha256: hex(64),
  sha512: hex(128),
  copies: z.array(copySchema).describe("Empty: no region has it any more"),
  properties: z.record(z.string(), z.string()).describe("Glance's, that are the same in all regions"),
  artefacts: z
    .array(artefactSchema)
    .describe(
      "What is there now: the image file goes when no region has it any more. Empty: all of its files are gone",
    ),
  tests: z.strictObject({ passed: count, skipped: count }),
  packages: count.describe("How many are in it"),
  changes: z
    .strictObject({
      since: z.string().regex(BUILD_ID, "is no build"),
      updated: count,
      added: count,
      gone: count,
    })
    .nullable()
    .describe("Compared with the release before; null: there was none"),
  revoked: z
    .strictObject({
      at: time,
      reason: z.string().min(1),
      builtOn: z.array(z.string().regex(BUILD_ID, "is no build")).default([]).describe("Builds that were made from it"),
    })
    .optional()
    .describe("Why nobody should use it; only and always where the state is revoked"),
});

const certificationSchema = z.strictObject({
  vendor: z.string().min(1),
  id: z.string().min(1).describe("The vendor's own name of the record"),
  validUntil: date.optional(),
  evidence: webAddress.optional(),
});

const catalogueImageSchema = z.strictObject({
  name,
  title: z.string().min(1).describe("Name in Glance of whatever is current, such as Debian 12"),
  description: z.string(),
  os: z.strictObject({ distro: z.string().min(1), version: z.string().min(1), codename: z.string() }),
  architecture: z.string().min(1),
  user: z.string().optional().describe("Who logs in"),
  contact: contact.optional().describe("Where users of the image get help"),
  purpose: z.string().min(1).describe("SCS-0102 os_purpose"),
  replaceFrequency: z.string().min(1).describe("SCS-0102 replace_frequency"),
  providedUntil: z.string().min(1).describe("SCS-0102 provided_until: YYYY-MM-DD, none or notice"),
  support: z
    .strictObject({ from: date.optional(), until: date.optional(), longTermUntil: date.optional() })
    .describe("Of the operating system, by its distributor"),
  regions: z.array(z.string().min(1)).describe("Names of the regions that it goes to"),
  certifications: z.array(certificationSchema).default([]),
  releases: z.array(releaseSchema).describe("Newest first; at most one is current"),
});

export const catalogueSchema = z
  .strictObject({
    version: z.literal(1),
    factory: z.string().min(1),
    address: webAddress.describe("Of the web site, without a slash at its end"),
    generated: time,
    keys: keysSchema,
    regions: z.array(catalogueRegionSchema).min(1),
    images: z.array(catalogueImageSchema).describe("In order of their names"),
  })
  .superRefine((catalogue, context) => {
    for (const problem of contradictions(catalogue)) context.addIssue({ code: "custom", ...problem });
  });

export type Catalogue = z.output<typeof catalogueSchema>;
export type CatalogueImage = z.output<typeof catalogueImageSchema>;
export type CatalogueRegion = z.output<typeof catalogueRegionSchema>;
export type Release = z.output<typeof releaseSchema>;
export type ReleaseCopy = z.output<typeof copySchema>;
export type OpenPgpKey = z.output<typeof openPgpKey>;

/** Name of the object that holds an artefact of a release. */
export function artefactObject(image: string, build: string, path: string): string {
  return `images/${image}/${build}/${path}`;
}

/** The image file among a release's artefacts. */
export function imageFile({ build, format }: Pick<Release, "build" | "format">): string {
  return `${build}.${format}`;
}

/** Whether no region has the release any more, and none will: its image file is not kept then, all else is. */
export function isGone({ state, copies }: Pick<Release, "state" | "copies">): boolean {
  return state !== "current" && copies.length === 0;
}

/** The release that customers get when they ask for the image by its name. */
export function currentRelease({ releases }: Pick<CatalogueImage, "releases">): Release | undefined {
  return releases.find(({ state }) => state === "current");
}

/** The catalogue in a document's text. Throws one line with everything that is wrong. */
export function readCatalogue(text: string, file: string = CATALOGUE): Catalogue {
  const result = catalogueSchema.safeParse(jsonIn(text, file));
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`${file}: is no catalogue: ${problems.join(" | ")}`);
}

/** The document's bytes: checked again, since everybody believes what stands in it. */
export function catalogueText(catalogue: Catalogue): string {
  return `${JSON.stringify(catalogueSchema.parse(catalogue), undefined, 1)}\n`;
}

interface Contradiction {
  readonly path: (string | number)[];
  readonly message: string;
}

interface Contents {
  readonly regions: readonly Pick<CatalogueRegion, "name">[];
  readonly images: readonly CatalogueImage[];
}

/** What no schema of single values sees. */
function contradictions({ regions, images }: Contents): Contradiction[] {
  const known = new Set(regions.map((region) => region.name));
  return images.flatMap((image, index) => {
    const path = ["images", index];
    const currents = image.releases.filter(({ state }) => state === "current").length;
    const strange = image.regions.filter((region) => !known.has(region));
    return [
      ...(images.findIndex((other) => other.name === image.name) < index
        ? [{ path, message: `${image.name} is there twice` }]
        : []),
      ...(currents > 1 ? [{ path, message: `${image.name} has ${currents} current releases` }] : []),
      ...strange.map((region) => ({ path, message: `${image.name}: region ${region} is not among the regions` })),
      ...image.releases.flatMap((release, at) =>
        releaseProblems(release, image, known).map((message) => ({ path: [...path, "releases", at], message })),
      ),
    ];
  });
}

function releaseProblems(release: Release, image: CatalogueImage, regions: ReadonlySet<string>): string[] {
  const { build, state, revoked, copies } = release;
  const strange = copies.filter(({ region }) => !regions.has(region));
  return [
    ...(BUILD_ID.exec(build)?.[1] === image.name ? [] : [`${build} is no build of ${image.name}`]),
    ...((state === "revoked") === (revoked !== undefined)
      ? []
      : [`${build}: state and reason of a revocation go together`]),
    ...strange.map(({ region }) => `${build}: region ${region} is not among the regions`),
    ...(image.releases.filter((other) => other.build === build).length > 1 ? [`${build} is there twice`] : []),
  ];
}

function jsonIn(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${file}: is no JSON`, { cause: error });
  }
}
