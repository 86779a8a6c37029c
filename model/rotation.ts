/**
 * Which images of a name customers see, in every region: one function of what is there, the policy and the day. It does
 * nothing; what it gives is carried out in its order, so that there is a current image at every moment.
 */
import { parseBuildId } from "./naming";

/** An image of the factory in one region's Glance. */
export interface RotationImage {
  readonly id: string;
  readonly build: string;
  readonly name: string;
  /** Glance's: active, deactivated, … */
  readonly status: string;
  readonly visibility: string;
  readonly hidden: boolean;
  /** SCS-0102 os_purpose. */
  readonly purpose: string;
  /** SCS-0102 uuid_validity: how long its id is promised. */
  readonly uuidValidity: string;
  /** YYYY-MM-DD; undefined: never published, of no concern here. */
  readonly released: string | undefined;
  /** YYYY-MM-DD: since when it is not the current one. */
  readonly retired: string | undefined;
  readonly protected: boolean;
  /** Whether servers or volumes stand on it; undefined: not known, and then it is never deleted. */
  readonly inUse: boolean | undefined;
}

export interface RegionListing {
  readonly region: string;
  readonly images: readonly RotationImage[];
  /** Why this is not all that there is. */
  readonly incomplete?: string;
  /** Ids of images that customers see by this name and that are not the factory's. */
  readonly strangers?: readonly string[];
}

export const VISIBILITIES = ["public", "community", "shared"] as const;
export type Visibility = (typeof VISIBILITIES)[number];

export interface RotationPolicy {
  readonly visibility: Visibility;
  /** Releases that stay usable, the current one among them. */
  readonly keep: number;
  /** Days after which one that is not kept, and that nobody uses, is deleted. */
  readonly deleteAfterDays: number;
  /** Whether listings show the previous release; it keeps its name either way. */
  readonly previous: "hidden" | "visible";
}

export interface RotationWish {
  /** What customers call the image. */
  readonly name: string;
  /** The build that is to be the current one. */
  readonly current: string;
  /** Builds that were rolled back from: usable, but never the previous one. */
  readonly withdrawn: readonly string[];
  readonly revoked: readonly string[];
  readonly policy: RotationPolicy;
  /** YYYY-MM-DD */
  readonly today: string;
}

/** What rotation changes of an image; null: the property is not there. */
export interface ImageFields {
  readonly name?: string;
  readonly hidden?: boolean;
  readonly visibility?: string;
  readonly purpose?: string;
  readonly released?: string | null;
  readonly retired?: string | null;
}

/** In this order, each in all regions before the next. The last two are the ones that take something away. */
export const PHASES = ["reactivate", "stage", "promote", "demote", "deactivate", "delete"] as const;
export type Phase = (typeof PHASES)[number];

interface ActionTarget {
  readonly region: string;
  readonly imageId: string;
  readonly build: string;
}
export type FieldChange = ActionTarget & {
  readonly phase: "stage" | "promote" | "demote";
  readonly before: ImageFields;
  readonly after: ImageFields;
};
export type RotationAction = FieldChange | (ActionTarget & { readonly phase: "reactivate" | "deactivate" | "delete" });

/** Either what is to be done, or why nothing is. */
export type Rotation = { readonly actions: readonly RotationAction[] } | { readonly refused: readonly string[] };

/** What the former releases of an image are called. */
export const releaseNames = {
  previous: (name: string): string => `${name} prev`,
  dated: (name: string, build: string): string =>
    `${name} ${parseBuildId(build).started.toISOString().slice(0, 10).replaceAll("-", "")}`,
} as const;

/** Pure. Refuses as a whole where a listing is not complete or a region lacks the image. */
export function rotate(listings: readonly RegionListing[], wish: RotationWish): Rotation {
  const refused = [...wishProblems(listings, wish), ...listings.flatMap((listing) => listingProblems(listing, wish))];
  if (refused.length > 0) return { refused };
  const actions = listings.flatMap((listing) => regionActions(listing, wish));
  return { actions: PHASES.flatMap((phase) => actions.filter((action) => action.phase === phase)) };
}

function wishProblems(listings: readonly RegionListing[], { current, name, revoked, policy }: RotationWish): string[] {
  return [
    ...(listings.length === 0 ? [`${name}: no region was listed`] : []),
    ...(revoked.includes(current) ? [`${current}: is revoked and can't be the current image`] : []),
    ...(policy.keep < 1 ? [`${name}: the policy keeps ${policy.keep} releases; it has to keep 1 at least`] : []),
  ];
}

function listingProblems({ region, images, incomplete, strangers = [] }: RegionListing, wish: RotationWish): string[] {
  const { name, current } = wish;
  if (incomplete !== undefined) return [`${region}: its images could not all be listed: ${incomplete}`];
  const found = images.filter(({ build }) => build === current);
  const [image] = found;
  const usable = image?.status === "active" || image?.status === "deactivated";
  return [
    ...strangers.map((id) => `${region}: image ${id} is called "${name}" and is not the factory's; rename or hide it`),
    ...(found.length === 0 ? [`${region}: has no image of build ${current}`] : []),
    ...(found.length > 1 ? [`${region}: has ${found.length} images of build ${current}; delete all but one`] : []),
    ...(found.length === 1 && !usable ? [`${region}: the image of ${current} is ${image?.status ?? ""}`] : []),
  ];
}

/** What becomes of an image: the current one, the one before it, an older one within reach, or one to take away. */
type Place = "current" | "previous" | "kept" | "surplus" | "revoked";

function regionActions({ region, images }: RegionListing, wish: RotationWish): RotationAction[] {
  return [...places(images, wish)].flatMap(([image, place]): RotationAction[] => {
    const target = { region, imageId: image.id, build: image.build };
    const changes = fieldChanges(image, place, wish).map((change) => ({ ...target, ...change }));
    const wakes = place === "current" && image.status === "deactivated";
    const sleeps = (place === "surplus" || place === "revoked") && image.status === "active";
    return [
      ...(wakes ? [{ ...target, phase: "reactivate" } as const] : []),
      ...changes,
      ...(sleeps ? [{ ...target, phase: "deactivate" } as const] : []),
      ...(mayGo(image, place, wish) ? [{ ...target, phase: "delete" } as const] : []),
    ];
  });
}

/** Newest builds first; a build's id tells when it began. */
function byAge(a: RotationImage, b: RotationImage): number {
  const time = ({ build }: RotationImage): number => parseBuildId(build).started.getTime();
  return time(b) - time(a) || (a.build < b.build ? 1 : a.build > b.build ? -1 : a.id < b.id ? 1 : -1);
}

function places(images: readonly RotationImage[], wish: RotationWish): Map<RotationImage, Place> {
  const { current, withdrawn, revoked, policy } = wish;
  const settled = images.filter(({ status }) => status === "active" || status === "deactivated");
  const now = settled.find(({ build }) => build === current);
  if (!now) return new Map();
  const former = settled.filter((image) => image !== now && image.released !== undefined).sort(byAge);
  const good = former.filter(({ build }) => !revoked.includes(build));
  const reach = Math.max(policy.keep, promisedCount(now));
  // One that is about to be taken away is nobody's way back.
  const stays = (image: RotationImage): boolean => reach > 1 || isPromised(image, wish);
  const previous = good.find(
    (image) => image.status === "active" && !withdrawn.includes(image.build) && byAge(now, image) < 0 && stays(image),
  );
  const inOrder = [now, ...(previous ? [previous] : []), ...good.filter((image) => image !== previous)];
  const place = (image: RotationImage, index: number): Place => {
    if (image === now) return "current";
    if (index >= reach && !isPromised(image, wish)) return "surplus";
    return image === previous ? "previous" : "kept";
  };
  const bad = former.filter((image) => !good.includes(image)).map((image) => [image, "revoked"] as const);
  return new Map([...inOrder.map((image, index) => [image, place(image, index)] as const), ...bad]);
}

/** `last-3`: the newest three keep their ids. */
function promisedCount({ uuidValidity }: RotationImage): number {
  return Number(/^last-(\d+)$/.exec(uuidValidity)?.[1] ?? 0);
}

/** Whether customers were told that they can count on this very id. */
function isPromised({ uuidValidity }: RotationImage, { today }: RotationWish): boolean {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(uuidValidity);
  return uuidValidity === "forever" || uuidValidity === "notice" || (isDay && uuidValidity >= today);
}

const PLAIN: Readonly<Record<string, string>> = { oldgeneric: "generic" };
const OLD: Readonly<Record<string, string>> = { generic: "oldgeneric" };

type Change = Pick<FieldChange, "phase" | "before" | "after">;

function fieldChanges(image: RotationImage, place: Place, wish: RotationWish): Change[] {
  const { name, policy, today } = wish;
  if (place === "current") {
    const shown = { name, hidden: false, purpose: PLAIN[image.purpose] ?? image.purpose };
    // Made visible while listings leave it out: all regions can be ready before the first one shows it.
    const unseen = image.name === name ? {} : { hidden: true };
    const staged =
      image.visibility === policy.visibility && image.released !== undefined
        ? []
        : difference(image, "stage", {
            ...unseen,
            visibility: policy.visibility,
            released: image.released ?? today,
          });
    const asStaged = { ...image, ...staged[0]?.after };
    return [...staged, ...difference(asStaged, "promote", { ...shown, retired: null })];
  }
  const isPrevious = place === "previous";
  return difference(image, "demote", {
    name: isPrevious ? releaseNames.previous(name) : releaseNames.dated(name, image.build),
    hidden: isPrevious ? policy.previous === "hidden" : true,
    purpose: OLD[image.purpose] ?? image.purpose,
    retired: image.retired ?? today,
  });
}

function difference(
  image: { readonly [Field in keyof ImageFields]: ImageFields[Field] | undefined },
  phase: Change["phase"],
  wanted: ImageFields,
): Change[] {
  const fields = (Object.keys(wanted) as (keyof ImageFields)[]).filter(
    (field) => (image[field] ?? null) !== wanted[field],
  );
  if (fields.length === 0) return [];
  const pick = (from: (field: keyof ImageFields) => unknown): ImageFields =>
    Object.fromEntries(fields.map((field) => [field, from(field)]));
  return [{ phase, before: pick((field) => image[field] ?? null), after: pick((field) => wanted[field]) }];
}

const DAY = 86_400_000;

/** Only what nobody needs, nobody was promised and nobody protects; what is not known counts as needed. */
function mayGo(image: RotationImage, place: Place, { policy, today }: RotationWish): boolean {
  if (place !== "surplus" && place !== "revoked") return false;
  const since = Date.parse(image.retired ?? today);
  const due = Date.parse(today) - since >= policy.deleteAfterDays * DAY;
  return due && image.inUse === false && !image.protected;
}
