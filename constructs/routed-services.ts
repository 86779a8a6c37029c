import { DataOpenstackIdentityAuthScopeV3 } from "@cdktf/provider-openstack/lib/data-openstack-identity-auth-scope-v3";
import { NetworkingPortV2 } from "@cdktf/provider-openstack/lib/networking-port-v2";
import { NetworkingRbacPolicyV2 } from "@cdktf/provider-openstack/lib/networking-rbac-policy-v2";
import { NetworkingRouterInterfaceV2 } from "@cdktf/provider-openstack/lib/networking-router-interface-v2";
import { NetworkingSubnetRouteV2 } from "@cdktf/provider-openstack/lib/networking-subnet-route-v2";
import { Fn, type ITerraformDependable, type TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { overlap, parseCidr } from "../model/cidr";
import { Network, type INetwork, type NetworkProps } from "./network";

export interface RoutedServicesProps extends Omit<NetworkProps, "provider"> {
  /** Provider of the project that the network belongs to. */
  readonly provider: TerraformProvider;
  /** The network that it is to be joined to, in the stack's project, by its router. */
  readonly peer: { readonly routerId: string; readonly cidr: string };
}

/**
 * A network of another project, joined to the factory's by routed peering: the factory's router has a leg in it, and
 * its nodes are told that route by DHCP. The leg needs the network shared with the factory's project alone.
 */
export class RoutedServices extends Construct implements INetwork {
  readonly networkId: string;
  readonly subnetId: string;
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: RoutedServicesProps) {
    super(scope, id);
    const { peer, ...own } = props;
    const [here, there] = [parseCidr(own.cidr), parseCidr(peer.cidr)];
    if (here && there && overlap(here, there))
      throw new Error(`network ${own.name}: ${own.cidr} overlaps with ${peer.cidr}, which it is routed to`);
    const network = new Network(this, id, own);
    const project = new DataOpenstackIdentityAuthScopeV3(this, "peer-project", { name: own.name });
    const shared = new NetworkingRbacPolicyV2(this, "shared", {
      action: "access_as_shared",
      objectType: "network",
      objectId: network.networkId,
      targetTenant: project.projectId,
      provider: own.provider,
    });
    const leg = new NetworkingPortV2(this, "leg", {
      name: own.name,
      networkId: network.networkId,
      adminStateUp: true,
      fixedIp: [{ subnetId: network.subnetId }],
      dependsOn: [shared],
    });
    const joined = new NetworkingRouterInterfaceV2(this, "joined", {
      routerId: peer.routerId,
      portId: leg.id,
    });
    const route = new NetworkingSubnetRouteV2(this, "route", {
      subnetId: network.subnetId,
      destinationCidr: peer.cidr,
      nextHop: Fn.element(leg.allFixedIps, 0) as string,
      provider: own.provider,
    });
    this.networkId = network.networkId;
    this.subnetId = network.subnetId;
    // before a node asks DHCP: it hears of the route only then
    this.ready = [...network.ready, joined, route];
  }
}
