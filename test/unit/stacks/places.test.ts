import { OpenstackProvider } from "@cdktf/provider-openstack/lib/provider";
import { TerraformStack, Testing } from "cdktf";
import { Network } from "../../../constructs/network";
import type { FactoryConfig } from "../../../model/config";
import { Places } from "../../../stacks/places";
import { all, counts, synthStack } from "../constructs/synth";
import { exampleContext } from "./context";

type Changes = Partial<Pick<FactoryConfig, "projects" | "network">>;

function synthPlaces(changes: Changes = {}) {
  const context = exampleContext();
  const config = { ...context.config, ...changes };
  const stack = new TerraformStack(Testing.app(), "test");
  new OpenstackProvider(stack, "openstack", { cloud: "build" });
  const { cidr, external } = config.network;
  const network = new Network(stack, "network", { name: "demo", cidr, external });
  const places = new Places(stack, { context: { ...context, config }, network });
  return { places, ...synthStack(stack) };
}

const { config } = exampleContext();
const build = { cloud: "build" };
const NETWORK = {
  openstack_networking_network_v2: 1,
  openstack_networking_subnet_v2: 1,
  openstack_networking_router_v2: 1,
  openstack_networking_router_interface_v2: 1,
};

test("one project: one network and one key pair for all", () => {
  const { places, resource } = synthPlaces({ projects: { build, services: build, production: build } });
  expect(counts(resource)).toEqual({ ...NETWORK, openstack_compute_keypair_v2: 1 });
  expect(places.services).toBe(places.build);
  expect(places.servicesCidr).toBe("10.60.0.0/24");
});

test("three projects, routed: services has a network of its own", () => {
  const { places, resource } = synthPlaces();
  expect(counts(resource)).toEqual({
    openstack_networking_network_v2: 2,
    openstack_networking_subnet_v2: 2,
    openstack_networking_router_v2: 2,
    openstack_networking_router_interface_v2: 3,
    openstack_networking_rbac_policy_v2: 1,
    openstack_networking_port_v2: 1,
    openstack_networking_subnet_route_v2: 1,
    openstack_compute_keypair_v2: 2,
  });
  expect(places.servicesCidr).toBe("10.60.1.0/24");
});

test("three projects, shared: services' nodes live in build's network", () => {
  const network = { ...config.network, services: { connection: "shared" as const } };
  const { places, resource } = synthPlaces({ network });
  expect(counts(resource)).toEqual({
    ...NETWORK,
    openstack_networking_rbac_policy_v2: 1,
    openstack_compute_keypair_v2: 2,
  });
  expect(places.servicesCidr).toBe("10.60.0.0/24");
  expect(places.services.network.networkId).toBe(places.build.network.networkId);
});

test("each project's key pair has a name of its own, and the deployer's public key", () => {
  const pairs = all(synthPlaces().resource, "openstack_compute_keypair_v2");
  expect(pairs.map((pair) => [pair["name"], pair["public_key"], pair["provider"]])).toEqual([
    ["demo-deployer", "ssh-ed25519 AAAA deployer", undefined],
    ["demo-deployer-services", "ssh-ed25519 AAAA deployer", "openstack.services"],
  ]);
});

test("fails when a network that is routed has no cidr", () => {
  const network = { ...config.network, services: { connection: "routed" as const } };
  expect(() => synthPlaces({ network })).toThrow('network demo-services: cidr "" is no IPv4 network');
});
