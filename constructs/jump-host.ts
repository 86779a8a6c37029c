import { Construct } from "constructs";
import type { NodeValues } from "../cloud-init/render";
import { jumpHostUserData } from "../cloud-init/roles";
import { Peer, Port, type Connections, type IConnectable } from "./connections";
import { NodeHost, type NodeKind, type NodePlace } from "./node-host";

export interface JumpHostProps extends NodePlace {
  readonly name: string;
  readonly kind: NodeKind;
  /** External network of its public address. */
  readonly external: string;
  /** Ranges of addresses that may reach its SSH port. */
  readonly sshFrom: readonly string[];
  /** The factory's networks: where people may go from here. */
  readonly networks: readonly string[];
  readonly nodeValues: NodeValues;
}

/** The way in, with a public address. */
export class JumpHost extends Construct implements IConnectable {
  readonly host: NodeHost;
  readonly connections: Connections;

  constructor(scope: Construct, id: string, props: JumpHostProps) {
    super(scope, id);
    const { external, sshFrom, networks, nodeValues, ...node } = props;
    this.host = new NodeHost(this, id, {
      ...node,
      role: "jump-host",
      description: "the way in: SSH to every other node leads through it",
      userData: jumpHostUserData({ ...nodeValues, networks }),
      publicAddressFrom: external,
    });
    this.connections = this.host.connections;
    for (const range of sshFrom) this.connections.allowFrom(Peer.cidr(range), Port.ssh, "SSH from the image team");
  }
}
