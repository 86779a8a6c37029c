import { Construct } from "constructs";
import { directoryReplicaUserData, type DirectoryReplicaValues } from "../cloud-init/directory-replica";
import { DIRECTORY } from "../model/directory";
import { Port, type Connections, type IConnectable, type IPeer } from "./connections";
import { DataVolume } from "./data-volume";
import { NodeHost, type NodeKind, type NodePlace } from "./node-host";
import type { RetainedProject } from "./retained";

const LDAPS = Port.tcp(DIRECTORY.port);

export interface DirectoryReplicaProps extends NodePlace {
  /** The repository's root. */
  readonly root: string;
  readonly name: string;
  readonly kind: NodeKind;
  /** Name and size of the volume that the directory is on; it outlives the node. */
  readonly volume: { readonly name: string; readonly sizeGiB: number };
  /** The project that node and volume are in. */
  readonly project: RetainedProject;
  /** What it serves, and whom it copies. */
  readonly values: Omit<DirectoryReplicaValues, "volumeId">;
  /** Group of servers that are kept apart. @default - none */
  readonly serverGroupId?: string;
}

/** One LDAP server of the directory, on a volume that is kept when the node goes. */
export class DirectoryReplica extends Construct implements IConnectable {
  readonly host: NodeHost;
  readonly connections: Connections;

  constructor(scope: Construct, id: string, props: DirectoryReplicaProps) {
    super(scope, id);
    const { root, volume, project, values, ...node } = props;
    const data = new DataVolume(this, "data", {
      root,
      ...volume,
      project,
      ...(node.provider && { provider: node.provider }),
    });
    this.host = new NodeHost(this, id, {
      ...node,
      role: "directory-replica",
      description: "the directory of the people who may log in",
      userData: directoryReplicaUserData({ ...values, volumeId: data.volumeId }),
      volume: data,
    });
    this.connections = this.host.connections;
  }

  /** Lets a node ask the directory. */
  allowQueriesFrom(client: IPeer): void {
    this.connections.allowFrom(client, LDAPS, "ask the directory");
  }
}
