/** The catalogue after something was published, rolled back or revoked. Pure. */
import { imageFile, isGone, type Catalogue, type CatalogueImage, type Release, type ReleaseCopy } from "./catalogue";
import type { PublishRequest } from "./publish-request";
import type { PlannedEntry } from "./release-plan";
import type { ReleaseHistory } from "./release-record";
import { isVerifiable, type StoredImageFacts } from "./released-image";
import { releaseNames } from "./rotation";

export interface RegionNow {
  readonly name: string;
  readonly region: string;
  /** Keystone's address, as customers reach it. */
  readonly authUrl?: string | undefined;
  /** Images of the factory's image there; undefined: the region did not answer. */
  readonly images:
    | readonly (StoredImageFacts & {
        readonly owner: string | null;
        readonly os_hash_algo: string | null;
        readonly os_hash_value: string | null;
      })[]
    | undefined;
}

export interface CatalogueChange {
  readonly former: Catalogue | undefined;
  readonly factory: string;
  readonly address: string;
  /** ISO 8601 */
  readonly at: string;
  readonly keys: Catalogue["keys"];
  readonly image: string;
  /** The request of what is published now; undefined: nothing new is. */
  readonly request?: PublishRequest | undefined;
  readonly entry?: PlannedEntry | undefined;
  readonly history: ReleaseHistory;
  readonly regions: readonly RegionNow[];
  /** Revoked build → builds that were made from it. */
  readonly builtOn?: ReadonlyMap<string, readonly string[]>;
}

/** The image's entry is made anew from what its regions say now; all others stay as they are. */
export function changedCatalogue(change: CatalogueChange): Catalogue {
  const { former, factory, address, at, keys, regions, image } = change;
  const known = former?.images.find(({ name }) => name === image);
  const changed = imageEntry(change, known);
  const images = [...(former?.images.filter(({ name }) => name !== image) ?? []), ...(changed ? [changed] : [])];
  const gone = former?.regions.filter(({ name }) => regions.every((region) => region.name !== name)) ?? [];
  return {
    version: 1,
    factory,
    address,
    generated: at,
    keys,
    regions: [...regions.map((region) => regionEntry(region, former)), ...gone],
    images: images.sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function regionEntry(now: RegionNow, former: Catalogue | undefined): Catalogue["regions"][number] {
  const { name, region, images } = now;
  const known = former?.regions.find((one) => one.name === name);
  const owner = images?.find((one) => one.owner !== null)?.owner ?? known?.owner;
  const authUrl = now.authUrl ?? known?.authUrl;
  return { name, region, ...(authUrl !== undefined && { authUrl }), ...(owner && { owner }) };
}

function imageEntry(change: CatalogueChange, known: CatalogueImage | undefined): CatalogueImage | undefined {
  const { request, entry } = change;
  const facts = request ? factsOf(request) : known;
  if (!facts) return undefined;
  const former = known?.releases.filter(({ build }) => build !== entry?.build) ?? [];
  const releases = [...(entry ? [{ ...entry, copies: [] as ReleaseCopy[], name: entry.build }] : []), ...former];
  const started = (build: string): string => build.slice(-17);
  return {
    ...facts,
    releases: releases
      .map((release) => releaseEntry(change, facts.title, { ...release, copies: copiesBefore(known, release.build) }))
      .sort((a, b) => (started(a.build) < started(b.build) ? 1 : -1)),
  };
}

const copiesBefore = (known: CatalogueImage | undefined, build: string): readonly ReleaseCopy[] =>
  known?.releases.find((release) => release.build === build)?.copies ?? [];

type Undecided = PlannedEntry & Pick<Release, "name" | "revoked"> & { readonly copies: readonly ReleaseCopy[] };

function releaseEntry(change: CatalogueChange, title: string, release: Undecided): Release {
  const { history, regions, builtOn } = change;
  const { build } = release;
  const why = history.revoked.find((one) => one.build === build);
  const found = regions.flatMap(({ images }) => images?.find((one) => one["image_factory_build"] === build) ?? []);
  const name = found[0]?.name ?? release.name;
  const isPrevious = found.some((one) => one.name === releaseNames.previous(title));
  const state = why ? "revoked" : history.current === build ? "current" : isPrevious ? "previous" : "older";
  const former = release.revoked?.builtOn ?? [];
  const copies = regions.flatMap((region) => copyIn(region, release, why !== undefined));
  const file = isGone({ state, copies }) ? imageFile(release) : undefined;
  return {
    ...release,
    state,
    name,
    copies,
    artefacts: release.artefacts.filter(({ path }) => path !== file),
    ...(why && {
      revoked: { at: why.at, reason: why.reason, builtOn: [...new Set([...former, ...(builtOn?.get(build) ?? [])])] },
    }),
  };
}

function copyIn({ name, images }: RegionNow, release: Undecided, isRevoked: boolean): ReleaseCopy[] {
  if (images === undefined) {
    const before = release.copies.filter(({ region }) => region === name);
    return before.map((copy) => ({ ...copy, status: isRevoked ? "pending" : copy.status }));
  }
  return images
    .filter((image) => image["image_factory_build"] === release.build)
    .filter(({ status }) => status === "active" || status === "deactivated")
    .slice(0, 1)
    .map((image) => ({
      region: name,
      imageId: image.id,
      hash: {
        algorithm: image.os_hash_algo ?? "sha256",
        value: image.os_hash_value ?? release.sha256,
      },
      visibility: image.visibility as ReleaseCopy["visibility"],
      hidden: image.os_hidden,
      // A region that could not be reached in time still offers what is withdrawn.
      status: image.status === "deactivated" ? "deactivated" : isRevoked ? "pending" : "active",
      signed: isVerifiable(image),
    }));
}

/** What an image's entry says beside its releases. */
function factsOf({ image, target, regions }: PublishRequest): Omit<CatalogueImage, "releases"> {
  const { name, description, os, architecture, purpose, replaceFrequency, providedUntil, support } = image;
  const { contact, ...dates } = support;
  const { distro, version, codename, user } = os;
  return {
    name,
    title: target.name,
    description,
    os: { distro, version, codename },
    architecture,
    user,
    ...(contact !== undefined && { contact }),
    purpose,
    replaceFrequency,
    providedUntil,
    support: dates,
    regions: regions.map((region) => region.name),
    certifications: image.certification.records,
  };
}
