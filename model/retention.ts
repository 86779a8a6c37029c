/** What the share keeps and what goes: rules alone. Who lists and who deletes is the NFS server's program. */

/** From `retention` in factory.yaml. */
export interface RetentionPolicy {
  readonly builds: number;
  readonly buildDays: number;
  readonly cacheGiB: number;
}

/** What an image asks for itself, from `retention` in its image.yaml; what it leaves out is the factory's. */
export type ImageRetention = Partial<Record<"builds" | "buildDays", number | undefined>>;

/** The policy that holds for an image's builds. */
export function policyFor(policy: RetentionPolicy, own: ImageRetention | undefined): RetentionPolicy {
  return { ...policy, builds: own?.builds ?? policy.builds, buildDays: own?.buildDays ?? policy.buildDays };
}

/** As the deploying side keeps it on the share. Throws an Error that names the file for anything else. */
export function parseImageRetention(text: string, file: string): ImageRetention {
  const { builds, buildDays } = objectIn(text, file);
  if ([builds, buildDays].every((value) => value === undefined || isCount(value)))
    return { builds, buildDays } as ImageRetention;
  throw new Error(`${file}: is no image's retention; build the image again, or remove the file`);
}

function objectIn(text: string, file: string): Readonly<Record<string, unknown>> {
  try {
    return { ...(JSON.parse(text) as object) };
  } catch {
    throw new Error(`${file}: is no image's retention; build the image again, or remove the file`);
  }
}

const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) > 0;

/** A build as the share has it. Times are milliseconds since 1970, by the NFS server's clock. */
export interface KnownBuild {
  readonly image: string;
  readonly build: string;
  /** When it began. */
  readonly started: number;
  /** When something was last heard of it. */
  readonly last: number;
  /** It made an image and all its stages are done. */
  readonly good: boolean;
  /** Why it must stay whatever the policy says: its lease, its host, its export, … */
  readonly inUse?: string | undefined;
  /** Bytes of its disk images, and of all of it. */
  readonly diskImages: number;
  readonly bytes: number;
}

export type BuildAction = "keep" | "drop disk image" | "delete";

export interface BuildVerdict {
  readonly build: KnownBuild;
  readonly action: BuildAction;
  readonly reason: string;
  /** Bytes that become free. */
  readonly frees: number;
}

const DAY = 24 * 3_600_000;
const GIB = 1024 ** 3;

/**
 * Of each image the last good build and the newest ones stay whole. Of older ones the disk image goes at once (it is
 * nearly all of their size), everything else when they are old enough.
 */
export function decideBuilds(
  builds: readonly KnownBuild[],
  policy: Pick<RetentionPolicy, "builds" | "buildDays">,
  now: number,
): BuildVerdict[] {
  const images = [...new Set(builds.map(({ image }) => image))].sort();
  return images.flatMap((image) =>
    decideImage(
      builds.filter((build) => build.image === image),
      policy,
      now,
    ),
  );
}

function decideImage(
  builds: readonly KnownBuild[],
  policy: Pick<RetentionPolicy, "builds" | "buildDays">,
  now: number,
): BuildVerdict[] {
  const newestFirst = [...builds].sort((a, b) => b.started - a.started || b.build.localeCompare(a.build));
  const lastGood = newestFirst.find(({ good }) => good);
  const idle = newestFirst.filter(({ inUse }) => inUse === undefined);
  return newestFirst.map((build) => {
    const keep = (reason: string): BuildVerdict => ({ build, action: "keep", reason, frees: 0 });
    if (build.inUse !== undefined) return keep(build.inUse);
    if (build === lastGood) return keep("the image's last good build");
    if (idle.indexOf(build) < policy.builds) return keep(`among the ${policy.builds} newest`);
    const days = Math.floor((now - build.last) / DAY);
    if (days >= policy.buildDays)
      return {
        build,
        action: "delete",
        reason: `${days} days old, older than ${policy.buildDays}`,
        frees: build.bytes,
      };
    const beyond = `not among the ${policy.builds} newest`;
    if (build.diskImages === 0) return keep(`${days} days old; its disk image is gone already`);
    return { build, action: "drop disk image", reason: beyond, frees: build.diskImages };
  });
}

/** A file of the cache. */
export interface CacheEntry {
  /** Relative to the cache. */
  readonly path: string;
  readonly bytes: number;
  /** When it was last made use of, milliseconds since 1970. */
  readonly used: number;
  /** Exported to a host now. */
  readonly inUse: boolean;
}

export interface CacheVerdict {
  readonly entry: CacheEntry;
  readonly action: "keep" | "delete";
  readonly reason: string;
}

/** What was used last longest ago goes first, until the rest is within the bound; what nobody used for long goes too. */
export function decideCache(
  entries: readonly CacheEntry[],
  policy: Pick<RetentionPolicy, "buildDays" | "cacheGiB">,
  now: number,
): CacheVerdict[] {
  // what is in use counts first: it stays
  const sorted = [...entries].sort((a, b) => Number(b.inUse) - Number(a.inUse) || b.used - a.used);
  let total = 0;
  return sorted.map((entry) => {
    const days = Math.floor((now - entry.used) / DAY);
    if (entry.inUse) {
      total += entry.bytes;
      return { entry, action: "keep", reason: "exported to a build host" };
    }
    if (days >= policy.buildDays) return { entry, action: "delete", reason: `not used for ${days} days` };
    if (total + entry.bytes > policy.cacheGiB * GIB)
      return { entry, action: "delete", reason: `beyond the bound of ${policy.cacheGiB} GiB` };
    total += entry.bytes;
    return { entry, action: "keep", reason: "within the bound" };
  });
}
