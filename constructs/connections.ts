import { NetworkingSecgroupRuleV2 } from "@cdktf/provider-openstack/lib/networking-secgroup-rule-v2";
import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";

/** What a rule opens: TCP or UDP ports, or a protocol that has none. */
export class Port {
  static tcp(port: number): Port {
    return new Port("tcp", port, port);
  }

  /** An IP protocol as a whole, by the name that Neutron knows: vrrp, icmp. */
  static protocol(name: string): Port {
    return new Port(name);
  }

  static readonly ssh = Port.tcp(22);

  private constructor(
    readonly protocol: string,
    readonly from?: number,
    readonly to?: number,
  ) {}

  toString(): string {
    return this.from === undefined ? this.protocol : `${this.protocol}-${this.from}`;
  }
}

/** Where a connection comes from: whoever carries a security group, or a range of addresses. */
export interface IPeer {
  /** Part of the rule's construct id: changing it replaces the rule. */
  readonly peerId: string;
  readonly securityGroupId?: string;
  readonly cidr?: string;
}

export const Peer = {
  /** A range of IPv4 addresses, as 10.0.0.0/24. */
  cidr: (cidr: string): IPeer => ({ peerId: cidr.replace(/[./]/g, "-"), cidr }),
};

export interface IConnectable {
  readonly connections: Connections;
}

/** Who may reach the holders of one security group, and on which port: rules are made as they are allowed. */
export class Connections implements IPeer {
  constructor(
    private readonly scope: Construct,
    readonly peerId: string,
    readonly securityGroupId: string,
    private readonly provider?: TerraformProvider,
  ) {}

  /**
   * Lets a peer reach these ports.
   *
   * @param description why, kept with the rule in Neutron
   */
  allowFrom(other: IConnectable | IPeer, port: Port, description: string): void {
    const peer: IPeer = "connections" in other ? other.connections : other;
    new NetworkingSecgroupRuleV2(this.scope, `from-${peer.peerId}-${port.toString()}`, {
      securityGroupId: this.securityGroupId,
      direction: "ingress",
      ethertype: "IPv4",
      protocol: port.protocol,
      ...(port.from !== undefined && { portRangeMin: port.from, portRangeMax: port.to }),
      description,
      ...(this.provider && { provider: this.provider }),
      ...(peer.cidr === undefined ? { remoteGroupId: peer.securityGroupId } : { remoteIpPrefix: peer.cidr }),
    });
  }
}
