import { Construct } from "constructs";
import type { NodeValues } from "../cloud-init/render";
import { nfsServerUserData } from "../cloud-init/roles";
import { Port, type Connections, type IConnectable } from "./connections";
import { DataVolume } from "./data-volume";
import { NodeHost, type NodeKind, type NodePlace } from "./node-host";

/** NFS 4 needs no other port. */
const NFS = Port.tcp(2049);

export interface NfsServerProps extends NodePlace {
  /** The repository's root. */
  readonly root: string;
  readonly name: string;
  readonly kind: NodeKind;
  /** Name and size of the volume that the share is on; it outlives the node. */
  readonly volume: { readonly name: string; readonly sizeGiB: number };
  /** Who may mount the share: the network's CIDR. */
  readonly clients: string;
  readonly nodeValues: NodeValues;
}

/** The factory's share: builds, cache, leases, on a volume that is kept when the node goes. */
export class NfsServer extends Construct implements IConnectable {
  readonly host: NodeHost;
  readonly connections: Connections;

  constructor(scope: Construct, id: string, props: NfsServerProps) {
    super(scope, id);
    const { root, volume, clients, nodeValues, ...node } = props;
    const data = new DataVolume(this, "data", { root, ...volume });
    this.host = new NodeHost(this, id, {
      ...node,
      role: "nfs-server",
      description: "the factory's share: builds, cache, leases",
      userData: nfsServerUserData({ ...nodeValues, volumeId: data.volumeId, clients }),
      volume: data,
    });
    this.connections = this.host.connections;
  }

  /** Lets the holders of a group mount the share. */
  allowMountFrom(client: IConnectable): void {
    this.connections.allowFrom(client, NFS, "mount the factory's share");
  }
}
