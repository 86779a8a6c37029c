import { NfsServer } from "../../../constructs/nfs-server";
import { SecurityGroup } from "../../../constructs/security-group";
import { counts, only, synthStack, testStack } from "./synth";
import { kind, NODE, nodeValues, place } from "./nodes";

const required = {
  root: "/repository",
  name: "demo-nfs-server",
  kind,
  volume: { name: "demo-nfs-server-data", sizeGiB: 40 },
  nodeValues,
};

test("with required properties: a node whose volume outlives it, which nobody reaches", () => {
  const stack = testStack();
  new NfsServer(stack, "nfs-server", { ...required, ...place(stack) });
  const { resource } = synthStack(stack);
  expect(counts(resource)).toEqual({ ...NODE, terraform_data: 1 });
  expect(JSON.stringify(only(resource, "terraform_data"))).toContain("--name demo-nfs-server-data --size 40");
  const server = only(resource, "openstack_compute_instance_v2");
  expect(server).toMatchObject({ tags: ["role=nfs-server"], stop_before_destroy: true });
  expect(server["lifecycle"]).toMatchObject({ replace_triggered_by: [expect.stringContaining("terraform_data.")] });
});

test("whom it allows to mount reaches NFS 4's port and no other", () => {
  const stack = testStack();
  const server = new NfsServer(stack, "nfs-server", { ...required, ...place(stack) });
  server.allowMountFrom(new SecurityGroup(stack, "clients", { name: "clients", description: "d" }));
  const { resource } = synthStack(stack);
  expect(only(resource, "openstack_networking_secgroup_rule_v2")).toMatchObject({
    port_range_min: 2049,
    port_range_max: 2049,
    remote_group_id: expect.stringContaining("clients") as unknown,
  });
});

test("fails when its volume has no size", () => {
  const stack = testStack();
  const props = { ...required, ...place(stack), volume: { name: "v", sizeGiB: 0 } };
  expect(() => new NfsServer(stack, "nfs-server", props)).toThrow("volume v: a size of 0 GiB");
});

test("imported: an address, and nothing is made for it", () => {
  const stack = testStack();
  const server = NfsServer.fromExisting(stack, "nfs-server", { address: "192.0.2.7" });
  server.allowMountFrom(SecurityGroup.fromExisting(stack, "clients", "demo-build-host"));
  expect(server.address).toBe("192.0.2.7");
  expect(counts(synthStack(stack).resource)).toEqual({});
});

test("fails when the address of an imported one is none", () => {
  expect(() => NfsServer.fromExisting(testStack(), "nfs-server", { address: "nfs.example.org" })).toThrow(
    'nfs-server: address "nfs.example.org" is no IPv4 address',
  );
});
