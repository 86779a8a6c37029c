import { OpenstackProvider } from "@cdktf/provider-openstack/lib/provider";
import { Peer } from "../../../constructs/connections";
import { DirectoryReplica, type DirectoryReplicaProps } from "../../../constructs/directory-replica";
import { Network } from "../../../constructs/network";
import { directoryProvider, directoryValues } from "../cloud-init/all-roles";
import { all, only, synthStack, testStack, type Synthesised } from "./synth";

function synthReplica(props: Partial<DirectoryReplicaProps> = {}, clients: readonly string[] = []): Synthesised {
  const stack = testStack();
  const replica = new DirectoryReplica(stack, "directory-replica", {
    root: "/repository",
    name: "demo-directory-replica",
    kind: { flavor: "m1.small", image: "factory-host", zone: "lxc" },
    network: Network.fromExisting(stack, "network", "demo"),
    keyPair: "demo-deployer",
    volume: { name: "demo-directory-replica-data", sizeGiB: 1 },
    project: "services",
    values: directoryValues,
    ...props,
  });
  for (const client of clients) replica.allowQueriesFrom(Peer.cidr(client));
  return synthStack(stack);
}

const counts = ({ resource }: Synthesised): Record<string, number> =>
  Object.fromEntries(Object.keys(resource).map((type) => [type, all(resource, type).length]));

test("with required properties: a server with a port and a group, a volume that is kept, nothing public", () => {
  const made = synthReplica();
  expect(counts(made)).toEqual({
    openstack_compute_instance_v2: 1,
    openstack_networking_port_v2: 1,
    openstack_networking_secgroup_v2: 1,
    terraform_data: 1,
  });
  const server = only(made.resource, "openstack_compute_instance_v2");
  expect(server).toMatchObject({ tags: ["role=directory-replica"], stop_before_destroy: true });
  expect(server).not.toHaveProperty("scheduler_hints");
  expect(JSON.stringify(only(made.resource, "terraform_data"))).toContain(
    "retain --project services --kind volume --name demo-directory-replica-data --size 1",
  );
});

test("with all properties: everything is of the other project, and kept apart from its like", () => {
  const stack = testStack();
  const provider = new OpenstackProvider(stack, "services", { alias: "services", cloud: "services" });
  const made = synthReplica(
    { provider, serverGroupId: "group-1", values: { ...directoryValues, provider: directoryProvider } },
    ["10.0.0.5/32", "10.0.0.6/32"],
  );
  expect(counts(made)).toEqual({
    openstack_compute_instance_v2: 1,
    openstack_networking_port_v2: 1,
    openstack_networking_secgroup_rule_v2: 2,
    openstack_networking_secgroup_v2: 1,
    terraform_data: 1,
  });
  for (const type of Object.keys(made.resource).filter((one) => one.startsWith("openstack_")))
    for (const one of all(made.resource, type)) expect(one["provider"]).toBe("openstack.services");
  expect(only(made.data, "openstack_blockstorage_volume_v3")["provider"]).toBe("openstack.services");
  expect(only(made.resource, "openstack_compute_instance_v2")["scheduler_hints"]).toEqual([{ group: "group-1" }]);
});

test("nobody reaches it but by LDAP over TLS", () => {
  const rules = all(synthReplica({}, ["10.0.0.5/32"]).resource, "openstack_networking_secgroup_rule_v2");
  expect(rules).toEqual([
    expect.objectContaining({ port_range_min: 636, port_range_max: 636, remote_ip_prefix: "10.0.0.5/32" }),
  ]);
});

test("fails when a name cannot stand in a command line", () => {
  expect(() => synthReplica({ volume: { name: "a b", sizeGiB: 1 } })).toThrow('"a b" cannot stand in a command line');
});
