import { Network } from "../../../constructs/network";
import { PublisherHost } from "../../../constructs/publisher-host";
import { nodeValues } from "../cloud-init/all-roles";
import { only, synthStack, testStack } from "./synth";

test("with required properties: a node that nobody reaches by itself, and what ends its credential", () => {
  const stack = testStack();
  new PublisherHost(stack, "publisher", {
    root: "/r",
    name: "demo-publisher",
    kind: { flavor: "m1.small", image: "factory-host", zone: "lxc" },
    network: Network.fromExisting(stack, "network", "demo"),
    keyPair: "demo-deployer",
    nodeValues,
  });
  const { resource } = synthStack(stack);
  expect(Object.keys(resource).sort()).toEqual([
    "openstack_compute_instance_v2",
    "openstack_networking_port_v2",
    "openstack_networking_secgroup_v2",
    "terraform_data",
  ]);
  expect(only(resource, "openstack_compute_instance_v2")["tags"]).toEqual(["role=publisher"]);
  // without a create provisioner it is never tainted, so its destroy provisioner always runs
  expect(only(resource, "terraform_data")["provisioner"]).toEqual([
    { "local-exec": { command: "node bin/factory internal revoke-publisher", when: "destroy", working_dir: "/r" } },
  ]);
});
