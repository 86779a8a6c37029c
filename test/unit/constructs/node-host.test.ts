import { Port } from "../../../constructs/connections";
import { DataVolume } from "../../../constructs/data-volume";
import { Network } from "../../../constructs/network";
import { NodeHost, type NodeHostProps } from "../../../constructs/node-host";
import { SecurityGroup } from "../../../constructs/security-group";
import { all, counts, only, synthStack, testStack } from "./synth";
import { NODE, otherPlace, place } from "./nodes";

function synthNode(props: Partial<NodeHostProps> = {}) {
  const stack = testStack();
  const network = Network.fromExisting(stack, "network", "demo");
  const group = SecurityGroup.fromExisting(stack, "group", "members");
  new NodeHost(stack, "node", {
    name: "demo-node",
    description: "a node",
    kind: { flavor: "m1.small", image: "factory-host", zone: "lxc" },
    network,
    keyPair: "demo-deployer",
    userData: "#cloud-config\n",
    memberOf: [group],
    ...props,
  });
  return synthStack(stack).resource;
}

test("with required properties: a group, a port in it, a server on that port, nothing public", () => {
  const resource = synthNode();
  expect(counts(resource)).toEqual(NODE);
  expect(only(resource, "openstack_compute_instance_v2")).toMatchObject({
    name: "demo-node",
    flavor_name: "m1.small",
    availability_zone: "lxc",
    key_pair: "demo-deployer",
    stop_before_destroy: false,
  });
  expect(only(resource, "openstack_networking_port_v2")["security_group_ids"]).toHaveLength(2);
});

test("a volume is attached from the first boot on and not deleted with the server", () => {
  const server = only(synthNode({ volume: "v-1" }), "openstack_compute_instance_v2");
  expect(server["block_device"]).toEqual([
    expect.objectContaining({ source_type: "image", boot_index: 0 }),
    expect.objectContaining({ uuid: "v-1", source_type: "volume", boot_index: -1, delete_on_termination: false }),
  ]);
});

test("a public address is made only where it is asked for", () => {
  expect(all(synthNode(), "openstack_networking_floatingip_v2")).toHaveLength(0);
  const address = only(synthNode({ publicAddressFrom: "public" }), "openstack_networking_floatingip_v2");
  expect(address).toMatchObject({ pool: "public" });
});

test("a changed image or user data does not replace the server: it is rebuilt in place", () => {
  const server = only(synthNode(), "openstack_compute_instance_v2");
  expect(server["lifecycle"]).toEqual({ ignore_changes: expect.arrayContaining(["image_id", "user_data"]) as unknown });
});

test("with all properties", () => {
  const stack = testStack();
  const data = new DataVolume(stack, "data", { root: "/repository", name: "demo-data", sizeGiB: 1 });
  new NodeHost(stack, "node", {
    ...otherPlace(stack),
    name: "demo-node",
    description: "a node",
    kind: { flavor: "m1.small", image: "factory-host", zone: "lxc" },
    role: "web-server",
    userData: "#cloud-config\n",
    volume: data,
    publicAddressFrom: "public",
    furtherAddresses: ["10.60.1.9"],
    serverGroupId: "group",
  });
  const { resource } = synthStack(stack);
  expect(counts(resource)).toEqual({ ...NODE, terraform_data: 1, openstack_networking_floatingip_v2: 1 });
  expect(only(resource, "openstack_compute_instance_v2")).toMatchObject({
    tags: ["role=web-server"],
    stop_before_destroy: true,
    scheduler_hints: [{ group: "group" }],
    provider: "openstack.services",
  });
  const port = only(resource, "openstack_networking_port_v2");
  expect(port["allowed_address_pairs"]).toEqual([{ ip_address: "10.60.1.9" }]);
});

test("as a peer it is one address", () => {
  const stack = testStack();
  const node = new NodeHost(stack, "node", {
    ...place(stack),
    name: "demo-node",
    description: "a node",
    kind: { flavor: "m1.small", image: "factory-host", zone: "lxc" },
    userData: "",
  });
  const group = new SecurityGroup(stack, "other", { name: "other", description: "d" });
  group.connections.allowFrom(node.asPeer(), Port.ssh, "why");
  const rule = only(synthStack(stack).resource, "openstack_networking_secgroup_rule_v2");
  expect(rule["remote_ip_prefix"]).toMatch(
    /^\$\{element\(openstack_networking_port_v2\.node_.*all_fixed_ips, 0\)\}\/32$/,
  );
});
