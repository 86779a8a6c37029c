import { ComputeServergroupV2 } from "@cdktf/provider-openstack/lib/compute-servergroup-v2";
import { NetworkingFloatingipV2 } from "@cdktf/provider-openstack/lib/networking-floatingip-v2";
import { NetworkingPortV2 } from "@cdktf/provider-openstack/lib/networking-port-v2";
import { Fn, Lazy } from "cdktf";
import { Construct } from "constructs";
import type { NodeValues } from "../cloud-init/render";
import { webServerUserData, type SharedAddress } from "../cloud-init/web-server";
import { numbered } from "../model/naming";
import { Peer, Port, type IPeer } from "./connections";
import { NodeHost, type NodeKind, type NodePlace } from "./node-host";
import { BALANCED, WebBalancer } from "./web-balancer";

const HTTP = Port.tcp(80);
const HTTPS = Port.tcp(443);
const VRRP = Port.protocol("vrrp");

export interface WebServersProps extends NodePlace {
  /** Names of the servers: one or two. */
  readonly names: readonly string[];
  /** Name of the port or load balancer, and description of the public address. */
  readonly addressName: string;
  readonly kind: NodeKind;
  /** External network of the public address. */
  readonly external: string;
  /** Ranges of addresses that may see the site. @default - none */
  readonly webFrom?: readonly string[];
  /** Where SSH comes from, as peers by address: they may be another project's. */
  readonly sshFrom: readonly IPeer[];
  /** What leads to two servers: they share an address by keepalived, or are members of a load balancer. */
  readonly balancer: "keepalived" | "octavia";
  /** IPv4 range of the network that the servers, and a load balancer's own addresses, are in. */
  readonly cidr: string;
  readonly nodeValues: NodeValues;
}

/**
 * The web site behind one public address, on one server or two. A single one has the address itself. Two share an
 * address of their network by keepalived, which needs allowed address pairs and so a network of the same project, or
 * are behind a load balancer of Octavia.
 */
export class WebServers extends Construct {
  readonly hosts: readonly NodeHost[];
  /** Where the site is reached. */
  readonly publicAddress: string;

  constructor(scope: Construct, id: string, props: WebServersProps) {
    super(scope, id);
    const { names, addressName, kind, external, network, provider, balancer } = props;
    if (names.length < 1 || names.length > 2)
      throw new Error(`${this.node.path}: ${names.length} web servers; there can be one or two`);
    const common = provider === undefined ? {} : { provider };
    const sharing = names.length === 2 && balancer === "keepalived";
    const shared = sharing ? this.sharedPort(props) : undefined;
    const sharedAddress = shared && (Fn.element(shared.allFixedIps, 0) as string);
    const group =
      names.length === 1
        ? undefined
        : new ComputeServergroupV2(this, "group", { name: addressName, policies: ["soft-anti-affinity"], ...common });

    const hosts: NodeHost[] = [];
    this.hosts = hosts;
    const shareOf = (address: string, index: number): SharedAddress => ({
      address,
      // the servers know each other's address, and the second is made after the first
      ownAddress: Lazy.stringValue({ produce: () => hosts[index]?.address }),
      peerAddress: Lazy.stringValue({ produce: () => hosts[1 - index]?.address }),
      priority: 101 - index,
    });
    numbered("web-server", names.length).forEach((server, index) => {
      const host = new NodeHost(this, server, {
        name: names[index] ?? "",
        kind,
        network,
        keyPair: props.keyPair,
        ...common,
        role: "web-server",
        description: "catalogue and released artefacts for everybody who may see the site",
        userData: webServerUserData({
          ...props.nodeValues,
          ...(sharedAddress !== undefined && { shared: shareOf(sharedAddress, index) }),
          ...(balancer === "octavia" && { balancedFrom: props.cidr }),
        }),
        ...(sharedAddress !== undefined && { furtherAddresses: [sharedAddress] }),
        ...(group && { serverGroupId: group.id }),
      });
      hosts.push(host);
    });
    this.allow(props, sharing);

    const portId =
      balancer === "octavia"
        ? new WebBalancer(this, "balancer", {
            name: addressName,
            network,
            members: hosts.map((host) => host.address),
            webFrom: props.webFrom ?? [],
            ...common,
          }).portId
        : (shared?.id ?? hosts[0]?.portId);
    this.publicAddress = new NetworkingFloatingipV2(this, "public-address", {
      pool: external,
      ...(portId !== undefined && { portId }),
      description: addressName,
      dependsOn: [...network.ready, ...hosts.map(({ server }) => server)],
      ...common,
    }).address;
  }

  /** Nothing is plugged in there: it keeps the address from being given away, and carries the public one. */
  private sharedPort({ addressName, network, provider }: WebServersProps): NetworkingPortV2 {
    return new NetworkingPortV2(this, "shared-address", {
      name: addressName,
      networkId: network.networkId,
      adminStateUp: true,
      // rules are those of the server that speaks for the address
      noSecurityGroups: true,
      dependsOn: network.ready,
      ...(provider && { provider }),
    });
  }

  private allow({ webFrom = [], sshFrom, balancer, cidr }: WebServersProps, sharing: boolean): void {
    for (const { connections } of this.hosts) {
      for (const peer of sshFrom) connections.allowFrom(peer, Port.ssh, "SSH through the jump host");
      if (balancer === "octavia") {
        for (const port of [HTTP, HTTPS, Port.tcp(BALANCED)])
          connections.allowFrom(Peer.cidr(cidr), port, "the load balancer and its checks");
        continue;
      }
      for (const range of webFrom) {
        connections.allowFrom(Peer.cidr(range), HTTPS, "the web site");
        connections.allowFrom(Peer.cidr(range), HTTP, "the way to the web site's HTTPS");
      }
    }
    const [first, second] = this.hosts;
    if (!sharing || !first || !second) return;
    for (const [one, other] of [
      [first, second],
      [second, first],
    ] as const) {
      one.connections.allowFrom(other, VRRP, "who holds the shared address");
      one.connections.allowFrom(other, HTTPS, "whether the shared address is served");
    }
  }
}
