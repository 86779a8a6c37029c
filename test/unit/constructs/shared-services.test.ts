import { OpenstackProvider } from "@cdktf/provider-openstack/lib/provider";
import { Network } from "../../../constructs/network";
import { SharedServices } from "../../../constructs/shared-services";
import { counts, only, synthStack, testStack } from "./synth";

test("with required properties: build's network, shared with that project alone", () => {
  const stack = testStack();
  const network = Network.fromExisting(stack, "network", "demo");
  const provider = new OpenstackProvider(stack, "other", { alias: "services", cloud: "services" });
  const services = new SharedServices(stack, "services", { name: "demo-services", network, provider });
  const { resource, data } = synthStack(stack);
  expect(counts(resource)).toEqual({ openstack_networking_rbac_policy_v2: 1 });
  expect(counts(data)).toEqual({ openstack_networking_network_v2: 1, openstack_identity_auth_scope_v3: 1 });
  const shared = only(resource, "openstack_networking_rbac_policy_v2");
  expect(shared).toMatchObject({ action: "access_as_shared", object_type: "network" });
  expect(shared["target_tenant"]).toMatch(/project_id\}$/);
  expect(shared).not.toHaveProperty("provider");
  expect(only(data, "openstack_identity_auth_scope_v3")["provider"]).toBe("openstack.services");
  expect([services.networkId, services.subnetId]).toEqual([network.networkId, network.subnetId]);
  expect(services.ready).toHaveLength(2);
});
