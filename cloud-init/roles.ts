/** The user data of each kind of node: typed values in, text out. */
import { HOST_PATHS, SHARE_PATHS } from "../model/plan";
import { file, renderRole, type NodeValues } from "./render";

export interface JumpHostValues extends NodeValues {
  /** The factory's networks, CIDRs: where people may go from here. */
  readonly networks: readonly string[];
}

export interface NfsServerValues extends NodeValues {
  readonly volumeId: string;
  /** Who may mount the share: a CIDR. */
  readonly clients: string;
}

export interface BuildHostValues extends NodeValues {
  readonly volumeId: string;
  /** Address of the NFS server. */
  readonly nfsServer: string;
}

/** systemd's name for the mount unit of a directory whose name needs no escaping. */
function mountUnit(directory: string): string {
  return `${directory.slice(1).replaceAll("/", "-")}.mount`;
}

export function jumpHostUserData({ networks, joined, ...values }: JumpHostValues): string {
  const node = { ...values, ...(joined && { joined: { ...joined, forUsers: true } }) };
  return renderRole(node, {
    name: "jump-host",
    values: { networks: networks.join(", "), sessions: file("factory-sessions") },
  });
}

export function nfsServerUserData({ volumeId, clients, ...node }: NfsServerValues): string {
  const { exported, leases, cache, builds, released } = SHARE_PATHS;
  return renderRole(node, {
    name: "nfs-server",
    values: {
      volumeId,
      clients,
      exported,
      directories: [leases, cache, builds, released].map((directory) => `${exported}/${directory}`).join(" "),
      mountVolume: file("factory-mount-volume"),
    },
  });
}

export function buildHostUserData({ volumeId, nfsServer, ...node }: BuildHostValues): string {
  const { scratch, share, runner, unit } = HOST_PATHS;
  return renderRole(node, {
    name: "build-host",
    values: {
      volumeId,
      nfsServer,
      exported: SHARE_PATHS.exported,
      scratch,
      share,
      shareUnit: mountUnit(share),
      runner,
      unit,
      mountVolume: file("factory-mount-volume"),
    },
  });
}
