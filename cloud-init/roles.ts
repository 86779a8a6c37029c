/** The user data of each kind of node: typed values in, text out. */
import { HOST_PATHS, NFS_PATHS, SHARE_PATHS } from "../model/plan";
import { file, renderRole, type NodeValues } from "./render";

export interface JumpHostValues extends NodeValues {
  /** The factory's networks, CIDRs: where people may go from here. */
  readonly networks: readonly string[];
}

export interface VolumeValues extends NodeValues {
  readonly volumeId: string;
}

export function jumpHostUserData({ networks, joined, ...values }: JumpHostValues): string {
  const node = { ...values, ...(joined && { joined: { ...joined, forUsers: true } }) };
  return renderRole(node, {
    name: "jump-host",
    values: { networks: networks.join(", "), sessions: file("factory-sessions") },
  });
}

export function nfsServerUserData({ volumeId, ...node }: VolumeValues): string {
  const { directory, leases, cache, builds, released, exports } = SHARE_PATHS;
  const inside = (...names: readonly string[]): string => names.map((name) => `${directory}/${name}`).join(" ");
  return renderRole(node, {
    name: "nfs-server",
    values: {
      volumeId,
      share: directory,
      seen: inside(builds, cache),
      own: inside(leases, exports, released),
      exports: inside(exports),
      prune: NFS_PATHS.prune,
      pruneUnit: NFS_PATHS.pruneUnit,
      freePercent: String(node.freePercent),
      mountVolume: file("factory-mount-volume"),
    },
  });
}

export function buildHostUserData({ volumeId, ...node }: VolumeValues): string {
  const { scratch, build, cache, archives, runner, unit } = HOST_PATHS;
  return renderRole(node, {
    name: "build-host",
    values: { volumeId, scratch, build, cache, archives, runner, unit, mountVolume: file("factory-mount-volume") },
  });
}
