import { OpenstackProvider } from "@cdktf/provider-openstack/lib/provider";
import { Network } from "../../../constructs/network";
import { RoutedServices, type RoutedServicesProps } from "../../../constructs/routed-services";
import { all, counts, only, synthStack, testStack } from "./synth";

function synthServices(props: Partial<RoutedServicesProps> = {}) {
  const stack = testStack();
  const network = new Network(stack, "network", { name: "demo", cidr: "10.60.0.0/24", external: "public" });
  const provider = new OpenstackProvider(stack, "other", { alias: "services", cloud: "services" });
  const services = new RoutedServices(stack, "services", {
    name: "demo-services",
    cidr: "10.60.1.0/24",
    external: "public",
    provider,
    peer: { routerId: network.routerId, cidr: "10.60.0.0/24" },
    ...props,
  });
  return { services, ...synthStack(stack) };
}

test("with required properties: a network of its own, a leg of the peer's router in it, a route back", () => {
  const { resource, data, services } = synthServices();
  expect(counts(resource)).toEqual({
    openstack_networking_network_v2: 2,
    openstack_networking_subnet_v2: 2,
    openstack_networking_router_v2: 2,
    openstack_networking_router_interface_v2: 3,
    openstack_networking_rbac_policy_v2: 1,
    openstack_networking_port_v2: 1,
    openstack_networking_subnet_route_v2: 1,
  });
  expect(counts(data)).toEqual({ openstack_networking_network_v2: 2, openstack_identity_auth_scope_v3: 1 });
  expect(only(resource, "openstack_networking_subnet_route_v2")).toMatchObject({
    destination_cidr: "10.60.0.0/24",
    provider: "openstack.services",
  });
  // its own way out, the peer's leg, the route
  expect(services.ready).toHaveLength(3);
});

test("the network is shared with the peer's project alone, by the one that owns it", () => {
  const { resource } = synthServices();
  const shared = only(resource, "openstack_networking_rbac_policy_v2");
  expect(shared).toMatchObject({ action: "access_as_shared", object_type: "network", provider: "openstack.services" });
  expect(shared["target_tenant"]).toMatch(/^\$\{data\.openstack_identity_auth_scope_v3\..*project_id\}$/);
});

test("the leg is the peer's, and made after the network is shared", () => {
  const leg = only(synthServices().resource, "openstack_networking_port_v2");
  expect(leg).not.toHaveProperty("provider");
  expect(leg["depends_on"]).toEqual([expect.stringContaining("rbac_policy")]);
});

test("with all properties", () => {
  const { resource } = synthServices({ nameServers: ["10.0.0.1"] });
  const named = all(resource, "openstack_networking_subnet_v2").filter((subnet) => "dns_nameservers" in subnet);
  expect(named).toHaveLength(1);
});

test("fails when it overlaps with the network that it is joined to", () => {
  expect(() => synthServices({ cidr: "10.60.0.128/25" })).toThrow(
    "network demo-services: 10.60.0.128/25 overlaps with 10.60.0.0/24, which it is routed to",
  );
});

test("fails when it has no cidr", () => {
  expect(() => synthServices({ cidr: "" })).toThrow('network demo-services: cidr "" is no IPv4 network');
});
