/** Where everything is on the NFS server. */
import path from "node:path";
import { NFS_PATHS, SHARE_PATHS } from "../model/plan";

export interface Places {
  readonly share: string;
  readonly leases: string;
  readonly exports: string;
  readonly cache: string;
  readonly builds: string;
  readonly released: string;
  /** What images ask for themselves. */
  readonly retention: string;
  /** What is about to be deleted: moved here first, so that a build is there whole or not at all. */
  readonly deleted: string;
  readonly policy: string;
  readonly state: string;
  readonly exportfs: string;
}

/** `root` is put before every path (tests; else empty). */
export function placesBelow(root: string): Places {
  const at = (...parts: string[]): string => path.join(root === "" ? "/" : root, ...parts);
  const share = (...parts: string[]): string => at(SHARE_PATHS.directory, ...parts);
  return {
    share: share(),
    leases: share(SHARE_PATHS.leases),
    exports: share(SHARE_PATHS.exports),
    cache: share(SHARE_PATHS.cache),
    builds: share(SHARE_PATHS.builds),
    released: share(SHARE_PATHS.released),
    retention: share(SHARE_PATHS.retention),
    deleted: share(SHARE_PATHS.deleted),
    policy: at(NFS_PATHS.policy),
    state: at(NFS_PATHS.state),
    exportfs: at("/usr/sbin/exportfs"),
  };
}
