/** Which builds' leftovers may be removed: by their tags and their age, nothing else. Pure. */
import { BUILD_ID, OWNER_TAG } from "./naming";

/** Something in the cloud, by its tags (or the same as metadata). */
export interface Tagged {
  /** "servers", "ports", … */
  readonly kind: string;
  readonly tags: readonly string[];
}

export interface ExpiredBuild {
  readonly build: string;
  readonly image: string;
  /** ISO 8601: the latest of all that is left. */
  readonly expires: string;
  /** How many of each kind. */
  readonly left: Readonly<Record<string, number>>;
}

/** The builds of a factory that have expired, the oldest first. What lacks a tag belongs to nobody that we know. */
export function expiredBuilds(things: readonly Tagged[], factory: string, now: Date): ExpiredBuild[] {
  const builds = new Map<string, ExpiredBuild>();
  for (const { kind, tags } of things) {
    const { build, image, expires } = {
      build: value(tags, "build"),
      image: value(tags, "image"),
      expires: value(tags, "expires"),
    };
    if (!tags.includes(OWNER_TAG) || value(tags, "factory") !== factory) continue;
    if (image === undefined || expires === undefined || BUILD_ID.exec(build ?? "")?.[1] !== image) continue;
    const known = builds.get(build ?? "");
    builds.set(build ?? "", {
      build: build ?? "",
      image,
      expires: known && known.expires > expires ? known.expires : expires,
      left: { ...known?.left, [kind]: (known?.left[kind] ?? 0) + 1 },
    });
  }
  // A time that can't be read has not passed.
  return [...builds.values()]
    .filter(({ expires }) => Date.parse(expires) < now.getTime())
    .sort((a, b) => a.expires.localeCompare(b.expires));
}

/** Metadata as the tags that it stands for. */
export function tagsOfMetadata(metadata: Readonly<Record<string, string>>): string[] {
  const fields = { factory: "", image: "_image", build: "_build", expires: "_expires" };
  const found = Object.entries(fields).flatMap(([name, suffix]) => {
    const text = metadata[`image_factory${suffix}`];
    return text === undefined ? [] : [`${name}=${text}`];
  });
  return metadata["image_factory"] === undefined ? [] : [OWNER_TAG, ...found];
}

function value(tags: readonly string[], name: string): string | undefined {
  return tags.find((tag) => tag.startsWith(`${name}=`))?.slice(name.length + 1);
}
