import { NetworkingFloatingipAssociateV2 } from "@cdktf/provider-openstack/lib/networking-floatingip-associate-v2";
import { NetworkingFloatingipV2 } from "@cdktf/provider-openstack/lib/networking-floatingip-v2";
import type { TerraformStack } from "cdktf";
import { PublicAddressesOnlyFor } from "../../../../constructs/policies/public-addresses";
import { errors } from "./policy";

const address = (id: string) => (stack: TerraformStack) => new NetworkingFloatingipV2(stack, id, { pool: "public" });

test("fails for a public address on anything but what may have one", () => {
  expect(errors(new PublicAddressesOnlyFor(["jump-host", "web"]), address("nfs-server"))).toEqual([
    "only jump-host, web may have a public address",
  ]);
  expect(errors(new PublicAddressesOnlyFor([]), address("jump-host"))).toEqual([
    "nothing here may have a public address",
  ]);
});

test("fails for an address that is given to a port afterwards", () => {
  const given = (stack: TerraformStack) =>
    new NetworkingFloatingipAssociateV2(stack, "given", { floatingIp: "172.24.4.9", portId: "p" });
  expect(errors(new PublicAddressesOnlyFor(["jump-host"]), given)).toHaveLength(1);
});

test.each(["jump-host", "jump-host-2"])("%s may have one", (id) => {
  expect(errors(new PublicAddressesOnlyFor(["jump-host"]), address(id))).toEqual([]);
});

test("a name that only begins alike is none of them", () => {
  expect(errors(new PublicAddressesOnlyFor(["jump-host"]), address("jump-host-keeper"))).toHaveLength(1);
});
