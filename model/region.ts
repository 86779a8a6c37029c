/** A place that images go to. */

/** How an image's bytes come into a region's Glance. */
export const IMPORT_METHODS = ["direct", "glance-direct", "web-download"] as const;
export type ImportMethod = (typeof IMPORT_METHODS)[number];

/** Which properties images get there; `otc` has those of `scs` too. */
export const PROPERTY_SETS = ["scs", "otc"] as const;
export type PropertySet = (typeof PROPERTY_SETS)[number];

/** `cloud` names the credential (a clouds.yaml entry of the deployer). */
export interface RegionTarget {
  readonly name: string;
  readonly cloud: string;
  readonly region: string;
  /** @default "scs" */
  readonly properties?: PropertySet | undefined;
  /** @default "direct" */
  readonly import?: ImportMethod | undefined;
  /** web-download: where Glance reads bucket staging. */
  readonly importFrom?: string | undefined;
}
