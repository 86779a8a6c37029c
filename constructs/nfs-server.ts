import { Construct } from "constructs";
import type { NodeValues } from "../cloud-init/render";
import { nfsServerUserData } from "../cloud-init/roles";
import { Port, type Connections, type IConnectable } from "./connections";
import { DataVolume } from "./data-volume";
import { NodeHost, type NodeKind, type NodePlace } from "./node-host";

/** NFS 4 needs no other port. */
const NFS = Port.tcp(2049);

/** Where builds keep what outlives their hosts. */
export interface INfsServer {
  readonly address: string;
  /** Lets the holders of a group mount what is exported to them. */
  allowMountFrom(client: IConnectable): void;
}

export interface NfsServerProps extends NodePlace {
  /** The repository's root. */
  readonly root: string;
  readonly name: string;
  readonly kind: NodeKind;
  /** Name and size of the volume that the share is on; it outlives the node. */
  readonly volume: { readonly name: string; readonly sizeGiB: number };
  readonly nodeValues: NodeValues;
}

export interface NfsServerAttributes {
  readonly address: string;
}

/**
 * The factory's share: builds, cache, leases, on a volume that is kept when the node goes. Nothing is exported until a
 * build host is there; then its own directories are, to its address alone (docs/decisions/012).
 */
export class NfsServer extends Construct implements IConnectable, INfsServer {
  /** One that is there already. Who may reach it is up to its owner: no rule is made for it. */
  static fromExisting(scope: Construct, id: string, { address }: NfsServerAttributes): INfsServer {
    return new ExistingNfsServer(scope, id, address);
  }

  readonly host: NodeHost;
  readonly connections: Connections;
  readonly address: string;

  constructor(scope: Construct, id: string, props: NfsServerProps) {
    super(scope, id);
    const { root, volume, nodeValues, ...node } = props;
    const data = new DataVolume(this, "data", { root, ...volume });
    this.host = new NodeHost(this, id, {
      ...node,
      role: "nfs-server",
      description: "the factory's share: builds, cache, leases",
      userData: nfsServerUserData({ ...nodeValues, volumeId: data.volumeId }),
      volume: data,
    });
    this.connections = this.host.connections;
    this.address = this.host.address;
  }

  allowMountFrom(client: IConnectable): void {
    this.connections.allowFrom(client, NFS, "mount the factory's share");
  }
}

class ExistingNfsServer extends Construct implements INfsServer {
  constructor(
    scope: Construct,
    id: string,
    readonly address: string,
  ) {
    super(scope, id);
    if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(address))
      throw new Error(`${this.node.path}: address "${address}" is no IPv4 address`);
  }

  allowMountFrom(): void {
    // its owner's business
  }
}
