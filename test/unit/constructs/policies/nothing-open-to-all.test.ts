import { NetworkingSecgroupRuleV2 } from "@cdktf/provider-openstack/lib/networking-secgroup-rule-v2";
import type { TerraformStack } from "cdktf";
import { Peer, Port } from "../../../../constructs/connections";
import { NothingOpenToAll } from "../../../../constructs/policies/nothing-open-to-all";
import { SecurityGroup } from "../../../../constructs/security-group";
import { errors } from "./policy";

const opened = (cidr: string, port: Port, id: string) => (stack: TerraformStack) => {
  const group = new SecurityGroup(stack, id, { name: "g", description: "d" });
  group.connections.allowFrom(Peer.cidr(cidr), port, "why");
};

test.each(["0.0.0.0/0", "0.0.0.0/1", "::/0"])("fails for a port that is open to %s", (cidr) => {
  expect(errors(new NothingOpenToAll(), opened(cidr, Port.ssh, "web"))).toEqual(["opens tcp to every address"]);
});

test("fails for a rule that names no peer at all", () => {
  const rule = (stack: TerraformStack) =>
    new NetworkingSecgroupRuleV2(stack, "rule", { securityGroupId: "g", direction: "ingress", ethertype: "IPv4" });
  expect(errors(new NothingOpenToAll(), rule)).toEqual(["opens everything to every address"]);
});

test("fails for the web where it is not made for everybody, and for other ports where it is", () => {
  const policy = new NothingOpenToAll(["web"]);
  expect(errors(policy, opened("0.0.0.0/0", Port.tcp(443), "controller"))).toHaveLength(1);
  expect(errors(policy, opened("0.0.0.0/0", Port.ssh, "web"))).toHaveLength(1);
});

test("lets the web of web servers, ranges, and what goes out pass", () => {
  const policy = new NothingOpenToAll(["web"]);
  expect(errors(policy, opened("0.0.0.0/0", Port.tcp(443), "web"))).toEqual([]);
  expect(errors(policy, opened("10.0.0.0/24", Port.ssh, "jump-host"))).toEqual([]);
  const out = (stack: TerraformStack) =>
    new NetworkingSecgroupRuleV2(stack, "rule", { securityGroupId: "g", direction: "egress", ethertype: "IPv4" });
  expect(errors(policy, out)).toEqual([]);
});
