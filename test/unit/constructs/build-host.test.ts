import { BuildHost } from "../../../constructs/build-host";
import { DataResource } from "../../../constructs/data-resource";
import { Network } from "../../../constructs/network";
import { SecurityGroup } from "../../../constructs/security-group";
import { all, counts, only, synthStack, testStack } from "./synth";
import { kind, NODE, nodeValues } from "./nodes";

function synthBuildHost(jumpHosts: number) {
  const stack = testStack();
  const before = new DataResource(stack, "before", {});
  new BuildHost(stack, "build-host", {
    name: "debian-12-202601010000-abcd",
    kind,
    network: Network.fromExisting(stack, "network", "demo"),
    keyPair: "demo-deployer",
    scratchGiB: 30,
    buildHosts: SecurityGroup.fromExisting(stack, "build-hosts", "demo-build-host"),
    jumpHosts: Array.from({ length: jumpHosts }, (_, index) =>
      SecurityGroup.fromExisting(stack, `jump-host-${index}`, `demo-jump-host-${index}`),
    ),
    nodeValues,
    dependsOn: [before],
  });
  return synthStack(stack).resource;
}

test("with required properties: a node with a scratch volume that goes with it, in the group of all build hosts", () => {
  const resource = synthBuildHost(1);
  expect(counts(resource)).toEqual({
    ...NODE,
    terraform_data: 1,
    openstack_blockstorage_volume_v3: 1,
    openstack_networking_secgroup_rule_v2: 1,
  });
  expect(only(resource, "openstack_blockstorage_volume_v3")).toMatchObject({ size: 30 });
  expect(only(resource, "openstack_networking_port_v2")["security_group_ids"]).toHaveLength(2);
  expect(only(resource, "openstack_compute_instance_v2")).not.toHaveProperty("tags");
});

test("SSH comes from every jump host, and from nowhere else", () => {
  const rules = all(synthBuildHost(3), "openstack_networking_secgroup_rule_v2");
  expect(rules.map((rule) => rule["port_range_min"])).toEqual([22, 22, 22]);
  expect(new Set(rules.map((rule) => rule["remote_group_id"])).size).toBe(3);
});

test("nothing is made before what it depends on", () => {
  const resource = synthBuildHost(1);
  for (const type of ["openstack_blockstorage_volume_v3", "openstack_networking_secgroup_v2"])
    expect(only(resource, type)["depends_on"]).toEqual(["terraform_data.before"]);
});
