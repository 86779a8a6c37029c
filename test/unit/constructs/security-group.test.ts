import { OpenstackProvider } from "@cdktf/provider-openstack/lib/provider";
import { Peer, Port } from "../../../constructs/connections";
import { DataResource } from "../../../constructs/data-resource";
import { SecurityGroup } from "../../../constructs/security-group";
import { counts, only, synthStack, testStack } from "./synth";

const GROUP = "openstack_networking_secgroup_v2";
const required = { name: "demo-web", description: "web servers" };

test("with required properties: a group, and no rule", () => {
  const stack = testStack();
  new SecurityGroup(stack, "group", required);
  const { resource, data } = synthStack(stack);
  expect(counts(resource)).toEqual({ [GROUP]: 1 });
  expect(counts(data)).toEqual({});
  const group = only(resource, GROUP);
  expect(group).toMatchObject(required);
  // Neutron's own rules, which let everything out, stay
  expect(group["delete_default_rules"]).not.toBe(true);
});

test("with all properties", () => {
  const stack = testStack();
  const provider = new OpenstackProvider(stack, "other", { alias: "services", cloud: "services" });
  const before = new DataResource(stack, "before", {});
  const group = new SecurityGroup(stack, "group", { ...required, provider, dependsOn: [before] });
  group.connections.allowFrom(Peer.cidr("10.0.0.0/24"), Port.ssh, "why");
  const { resource } = synthStack(stack);
  expect(only(resource, GROUP)).toMatchObject({
    provider: "openstack.services",
    depends_on: ["terraform_data.before"],
  });
  expect(only(resource, "openstack_networking_secgroup_rule_v2")["provider"]).toBe("openstack.services");
});

test("imported by name", () => {
  const stack = testStack();
  const group = SecurityGroup.fromExisting(stack, "group", "demo-web");
  group.connections.allowFrom(Peer.cidr("10.0.0.0/24"), Port.ssh, "why");
  const { resource, data } = synthStack(stack);
  expect(counts(resource)).toEqual({ openstack_networking_secgroup_rule_v2: 1 });
  expect(counts(data)).toEqual({ [GROUP]: 1 });
  expect(only(data, GROUP)).toMatchObject({ name: "demo-web" });
});
