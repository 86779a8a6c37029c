/** What stands in files of a release that its page shows in full; only current releases need them. */
import type { Changes } from "../model/changes";

export interface ListedPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
}

export interface ReleaseDetails {
  /** Of `packages.json`. */
  readonly packages?: readonly ListedPackage[];
  /** Of `changes.json`: what is compared with the release before. */
  readonly changes?: Pick<Changes, "packages">;
}

/** By build. */
export type Details = ReadonlyMap<string, ReleaseDetails>;
