import { Peer, Port } from "../../../constructs/connections";
import { SecurityGroup } from "../../../constructs/security-group";
import { all, only, synthStack, testStack } from "./synth";

const RULE = "openstack_networking_secgroup_rule_v2";

test("a connection from another group's members becomes one rule on the target's group", () => {
  const stack = testStack();
  const server = new SecurityGroup(stack, "server", { name: "server", description: "d" });
  const client = new SecurityGroup(stack, "client", { name: "client", description: "d" });
  server.connections.allowFrom(client, Port.tcp(2049), "mounts");
  expect(only(synthStack(stack).resource, RULE)).toMatchObject({
    security_group_id: expect.stringMatching(/secgroup_v2\.server_/) as unknown,
    remote_group_id: expect.stringMatching(/secgroup_v2\.client_/) as unknown,
    direction: "ingress",
    protocol: "tcp",
    port_range_min: 2049,
    port_range_max: 2049,
    description: "mounts",
  });
});

test("a connection from a range of addresses names the range and no group", () => {
  const stack = testStack();
  const server = new SecurityGroup(stack, "server", { name: "server", description: "d" });
  server.connections.allowFrom(Peer.cidr("10.0.0.0/24"), Port.ssh, "ssh");
  const rule = only(synthStack(stack).resource, RULE);
  expect(rule).toMatchObject({ remote_ip_prefix: "10.0.0.0/24", port_range_min: 22 });
  expect(rule).not.toHaveProperty("remote_group_id");
});

test("a group found by its name makes no group, and can be a peer", () => {
  const stack = testStack();
  const found = SecurityGroup.fromExisting(stack, "found", "jump-host");
  const server = new SecurityGroup(stack, "server", { name: "server", description: "d" });
  server.connections.allowFrom(found, Port.ssh, "ssh");
  const { resource, data } = synthStack(stack);
  expect(only(data, "openstack_networking_secgroup_v2")).toMatchObject({ name: "jump-host" });
  expect(all(resource, "openstack_networking_secgroup_v2")).toHaveLength(1);
});

test("fails when the same connection is allowed twice", () => {
  const server = new SecurityGroup(testStack(), "server", { name: "server", description: "d" });
  server.connections.allowFrom(Peer.cidr("10.0.0.0/24"), Port.ssh, "ssh");
  expect(() => server.connections.allowFrom(Peer.cidr("10.0.0.0/24"), Port.ssh, "ssh")).toThrow("already");
});
