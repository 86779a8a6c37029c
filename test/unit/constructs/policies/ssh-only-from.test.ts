import { NetworkingSecgroupRuleV2 } from "@cdktf/provider-openstack/lib/networking-secgroup-rule-v2";
import type { TerraformStack } from "cdktf";
import { Peer, Port, type IPeer } from "../../../../constructs/connections";
import { Network } from "../../../../constructs/network";
import { NodeHost } from "../../../../constructs/node-host";
import { SshOnlyFrom } from "../../../../constructs/policies/ssh-only-from";
import { SecurityGroup } from "../../../../constructs/security-group";
import { errors } from "./policy";

const policy = new SshOnlyFrom([
  { to: ["jump-host"], ranges: ["172.24.4.0/23"] },
  { from: ["jump-host"] },
  { to: ["test-instance"], from: ["build-host"] },
]);

type PeerOf = (stack: TerraformStack) => IPeer;
const group = (stack: TerraformStack, id: string) => new SecurityGroup(stack, id, { name: id, description: "d" });
const members =
  (id: string): PeerOf =>
  (stack) =>
    group(stack, id).connections;
const found =
  (id: string): PeerOf =>
  (stack) =>
    SecurityGroup.fromExisting(stack, id, id).connections;
const address =
  (id: string): PeerOf =>
  (stack) =>
    new NodeHost(stack, id, {
      name: id,
      description: "d",
      kind: { flavor: "f", image: "i", zone: "z" },
      network: Network.fromExisting(stack, "network", "demo"),
      keyPair: "k",
      userData: "",
    }).asPeer();
const range =
  (cidr: string): PeerOf =>
  () =>
    Peer.cidr(cidr);

const ssh =
  (to: string, from: PeerOf, port = Port.ssh) =>
  (stack: TerraformStack) => {
    group(stack, to).connections.allowFrom(from(stack), port, "why");
  };

test.each<readonly [string, string, PeerOf]>([
  ["a range, even the people's, to another node", "nfs-server", range("172.24.4.0/23")],
  ["a range that is not the people's to a jump host", "jump-host", range("10.0.0.0/8")],
  ["another node's group", "nfs-server", members("controller")],
  ["another node's address", "web", address("controller")],
  ["a build host, but to a test instance", "nfs-server", members("build-host")],
  ["a node that is only called alike", "nfs-server", members("jump-hostess")],
])("fails for SSH from %s", (_, to, from) => {
  expect(errors(policy, ssh(to, from))).toEqual([expect.stringMatching(/^lets SSH in from \S/)]);
});

test.each<readonly [string, object]>([
  ["all ports", { protocol: "tcp" }],
  ["a range of ports", { protocol: "tcp", portRangeMin: 1, portRangeMax: 1024 }],
  ["every protocol", {}],
])("fails for %s, which SSH is among", (_, ports) => {
  const rule = (stack: TerraformStack) =>
    new NetworkingSecgroupRuleV2(stack, "rule", {
      securityGroupId: "g",
      direction: "ingress",
      ethertype: "IPv4",
      remoteIpPrefix: "172.24.4.0/23",
      ...ports,
    });
  expect(errors(policy, rule)).toEqual(["lets SSH in from 172.24.4.0/23"]);
});

test.each<readonly [string, string, PeerOf]>([
  ["the people to a jump host", "jump-host", range("172.24.4.0/23")],
  ["the people to a further jump host", "jump-host-2", range("172.24.4.0/23")],
  ["a jump host's group", "nfs-server", members("jump-host")],
  ["a further jump host's group", "nfs-server", members("jump-host-3")],
  ["a jump host's group, found by its name", "build-host", found("jump-host")],
  ["a jump host's address", "web", address("jump-host")],
  ["a build host to a test instance", "test-instance", members("build-host")],
])("lets %s pass", (_, to, from) => {
  expect(errors(policy, ssh(to, from))).toEqual([]);
});

test("says nothing of other ports", () => {
  expect(errors(policy, ssh("nfs-server", range("10.0.0.0/24"), Port.tcp(2049)))).toEqual([]);
});
