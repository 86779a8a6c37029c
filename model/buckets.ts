/** What each bucket is for, and what follows from it. */

export const BUCKET_USES = ["requests", "staging", "release", "backups"] as const;
export type BucketUse = (typeof BUCKET_USES)[number];

/** A setting that is left out is off. */
export interface BucketSettings {
  /** Everybody may read each object whose name they know; nobody may list them. */
  readonly publicRead?: boolean;
  /** What is overwritten or deleted stays as a former version. */
  readonly versioned?: boolean;
  /** Objects go after so many days. */
  readonly expireDays?: number;
}

export interface PlannedBucket extends BucketSettings {
  readonly use: BucketUse;
  readonly name: string;
  /** Somebody else's: only used. */
  readonly existing: boolean;
}

type BucketsConfig = Readonly<Record<BucketUse, string>> & {
  readonly existing?: readonly BucketUse[] | undefined;
  readonly versioning: boolean;
  readonly stagingDays: number;
};

const SETTINGS: Readonly<Record<BucketUse, (config: BucketsConfig) => BucketSettings>> = {
  requests: () => ({}),
  staging: ({ stagingDays }) => ({ expireDays: stagingDays }),
  release: ({ versioning }) => ({ publicRead: true, versioned: versioning }),
  // each node removes what is too old: as former versions they would all stay
  backups: () => ({}),
};

/** All buckets of a factory. */
export function plannedBuckets(config: BucketsConfig): PlannedBucket[] {
  return BUCKET_USES.map((use) => ({
    use,
    name: config[use],
    existing: config.existing?.includes(use) ?? false,
    ...SETTINGS[use](config),
  }));
}

/** The names of those that are the factory's own. */
export function ownBuckets(config: BucketsConfig): string[] {
  return plannedBuckets(config).flatMap(({ name, existing }) => (existing ? [] : [name]));
}
