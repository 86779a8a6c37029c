import { DataOpenstackNetworkingNetworkV2 } from "@cdktf/provider-openstack/lib/data-openstack-networking-network-v2";
import { NetworkingNetworkV2 } from "@cdktf/provider-openstack/lib/networking-network-v2";
import { NetworkingRouterInterfaceV2 } from "@cdktf/provider-openstack/lib/networking-router-interface-v2";
import { NetworkingRouterV2 } from "@cdktf/provider-openstack/lib/networking-router-v2";
import { NetworkingSubnetV2 } from "@cdktf/provider-openstack/lib/networking-subnet-v2";
import { Fn, Token, type ITerraformDependable, type TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { parseCidr } from "../model/cidr";

export interface INetwork {
  readonly networkId: string;
  readonly subnetId: string;
  /** What must be there before a port in this network works (its subnet, its way out). */
  readonly ready: ITerraformDependable[];
}

export interface NetworkProps {
  readonly name: string;
  /** IPv4 range of the one subnet, as 10.60.0.0/24. */
  readonly cidr: string;
  /** Name of the external network that the router leads to. */
  readonly external: string;
  /** Name servers of the subnet. @default - what the network's DHCP offers by itself */
  readonly nameServers?: readonly string[];
  /** The project's provider. @default - the stack's */
  readonly provider?: TerraformProvider;
}

/** The factory's network: one subnet, and a router to the external network. */
export class Network extends Construct implements INetwork {
  /** A network that is there already, found by its name. */
  static fromExisting(scope: Construct, id: string, name: string, dependsOn: ITerraformDependable[] = []): INetwork {
    const found = new DataOpenstackNetworkingNetworkV2(scope, id, { name, dependsOn });
    return { networkId: found.id, subnetId: Fn.element(found.subnets, 0) as string, ready: [found] };
  }

  readonly networkId: string;
  readonly subnetId: string;
  /** Leads to the external network. */
  readonly routerId: string;
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const { name, cidr, external, nameServers = [], provider } = props;
    if (!Token.isUnresolved(cidr) && parseCidr(cidr) === undefined)
      throw new Error(`network ${name}: cidr "${cidr}" is no IPv4 network, as 10.60.0.0/24`);
    const common = provider === undefined ? {} : { provider };
    const network = new NetworkingNetworkV2(this, "Resource", { name, ...common });
    const subnet = new NetworkingSubnetV2(this, "subnet", {
      name,
      networkId: network.id,
      cidr,
      ipVersion: 4,
      ...(nameServers.length > 0 && { dnsNameservers: [...nameServers] }),
      ...common,
    });
    const outside = new DataOpenstackNetworkingNetworkV2(this, "external", {
      name: external,
      external: true,
      ...common,
    });
    const router = new NetworkingRouterV2(this, "router", { name, externalNetworkId: outside.id, ...common });
    const wayOut = new NetworkingRouterInterfaceV2(this, "router-interface", {
      routerId: router.id,
      subnetId: subnet.id,
      ...common,
    });
    this.networkId = network.id;
    this.subnetId = subnet.id;
    this.routerId = router.id;
    this.ready = [wayOut];
  }
}
