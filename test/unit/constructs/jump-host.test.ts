import { JumpHost, type JumpHostProps } from "../../../constructs/jump-host";
import { all, counts, only, synthStack, testStack } from "./synth";
import { kind, NODE, nodeValues, otherPlace, place } from "./nodes";

const RULE = "openstack_networking_secgroup_rule_v2";
const required = {
  name: "demo-jump-host",
  kind,
  external: "public",
  sshFrom: ["172.24.4.0/23"],
  networks: ["10.60.0.0/24"],
  nodeValues,
};

function synthJumpHost(props: Partial<JumpHostProps> = {}) {
  const stack = testStack();
  new JumpHost(stack, "jump-host", { ...required, ...place(stack), ...props });
  return synthStack(stack).resource;
}

test("with required properties: a node with a public address, reached by SSH from the given ranges alone", () => {
  const resource = synthJumpHost();
  expect(counts(resource)).toEqual({ ...NODE, openstack_networking_floatingip_v2: 1, [RULE]: 1 });
  expect(only(resource, RULE)).toMatchObject({
    direction: "ingress",
    protocol: "tcp",
    port_range_min: 22,
    port_range_max: 22,
    remote_ip_prefix: "172.24.4.0/23",
  });
  expect(only(resource, "openstack_compute_instance_v2")).toMatchObject({ tags: ["role=jump-host"] });
  expect(only(resource, "openstack_networking_floatingip_v2")).toMatchObject({ pool: "public" });
});

test("with all properties", () => {
  const stack = testStack();
  new JumpHost(stack, "jump-host", { ...required, ...otherPlace(stack), sshFrom: ["10.1.0.0/16", "10.2.0.0/16"] });
  const { resource } = synthStack(stack);
  expect(counts(resource)).toEqual({ ...NODE, openstack_networking_floatingip_v2: 1, [RULE]: 2 });
  for (const type of Object.keys(resource))
    for (const one of all(resource, type)) expect(one["provider"]).toBe("openstack.services");
});

test("fails when a range is given twice", () => {
  expect(() => synthJumpHost({ sshFrom: ["10.1.0.0/16", "10.1.0.0/16"] })).toThrow("already");
});
