import { OpenstackProvider } from "@cdktf/provider-openstack/lib/provider";
import { TerraformOutput } from "cdktf";
import { Network, type NetworkProps } from "../../../constructs/network";
import { counts, only, synthStack, testStack } from "./synth";

const required: NetworkProps = { name: "demo", cidr: "10.60.0.0/24", external: "public" };

test("with required properties", () => {
  const stack = testStack();
  new Network(stack, "network", required);
  const { resource, data } = synthStack(stack);
  expect(counts(resource)).toEqual({
    openstack_networking_network_v2: 1,
    openstack_networking_subnet_v2: 1,
    openstack_networking_router_v2: 1,
    openstack_networking_router_interface_v2: 1,
  });
  expect(counts(data)).toEqual({ openstack_networking_network_v2: 1 });
  expect(only(data, "openstack_networking_network_v2")).toMatchObject({ name: "public", external: true });
  const subnet = only(resource, "openstack_networking_subnet_v2");
  expect(subnet).toMatchObject({ name: "demo", cidr: "10.60.0.0/24", ip_version: 4 });
  expect(subnet).not.toHaveProperty("dns_nameservers");
});

test("with all properties", () => {
  const stack = testStack();
  const provider = new OpenstackProvider(stack, "other", { alias: "services", cloud: "services" });
  const { ready } = new Network(stack, "network", { ...required, nameServers: ["10.0.0.1"], provider });
  const { resource, data } = synthStack(stack);
  expect(Object.values(counts(resource))).toEqual([1, 1, 1, 1]);
  expect(only(resource, "openstack_networking_subnet_v2")["dns_nameservers"]).toEqual(["10.0.0.1"]);
  for (const type of [...Object.keys(resource)])
    expect([type, only(resource, type)["provider"]]).toEqual([type, "openstack.services"]);
  expect(only(data, "openstack_networking_network_v2")["provider"]).toBe("openstack.services");
  // a port in it works once it has its way out
  expect(ready).toHaveLength(1);
});

test("imported by name", () => {
  const stack = testStack();
  const { networkId, subnetId } = Network.fromExisting(stack, "network", "ours");
  new TerraformOutput(stack, "ids", { value: [networkId, subnetId] });
  const { resource, data } = synthStack(stack);
  expect(counts(resource)).toEqual({});
  expect(counts(data)).toEqual({ openstack_networking_network_v2: 1 });
  expect(only(data, "openstack_networking_network_v2")).toMatchObject({ name: "ours" });
});

test.each(["", "10.60.0.0", "10.60.0.0/33"])("fails when the cidr is %j", (cidr) => {
  expect(() => new Network(testStack(), "network", { ...required, cidr })).toThrow(
    `network demo: cidr "${cidr}" is no IPv4 network`,
  );
});
