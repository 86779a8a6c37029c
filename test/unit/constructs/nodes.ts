/** What the tests of nodes have in common. */
import { OpenstackProvider } from "@cdktf/provider-openstack/lib/provider";
import type { TerraformStack } from "cdktf";
import { Network } from "../../../constructs/network";
import type { NodeKind, NodePlace } from "../../../constructs/node-host";
import { nodeValues } from "../cloud-init/all-roles";

export const kind: NodeKind = { flavor: "m1.small", image: "factory-host", zone: "lxc" };
export { nodeValues };

/** A place in a network that is there already. */
export function place(stack: TerraformStack): NodePlace {
  return { network: Network.fromExisting(stack, "place", "demo"), keyPair: "demo-deployer" };
}

/** Another project's. */
export function otherPlace(stack: TerraformStack): NodePlace {
  const provider = new OpenstackProvider(stack, "other", { alias: "services", cloud: "services" });
  return { ...place(stack), provider };
}

/** What NodeHost makes for every node. */
export const NODE = {
  openstack_networking_secgroup_v2: 1,
  openstack_networking_port_v2: 1,
  openstack_compute_instance_v2: 1,
};
