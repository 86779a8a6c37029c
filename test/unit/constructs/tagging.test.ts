import { BlockstorageVolumeV3 } from "@cdktf/provider-openstack/lib/blockstorage-volume-v3";
import { ComputeInstanceV2 } from "@cdktf/provider-openstack/lib/compute-instance-v2";
import { NetworkingPortV2 } from "@cdktf/provider-openstack/lib/networking-port-v2";
import { Aspects, type TerraformStack } from "cdktf";
import { Tagging } from "../../../constructs/tagging";
import { only, synthStack, testStack } from "./synth";

function tagged(build: (stack: TerraformStack) => unknown) {
  const stack = testStack();
  build(stack);
  Aspects.of(stack).add(new Tagging(["image-factory", "factory=demo"], { image_factory: "demo" }));
  return synthStack(stack).resource;
}

test("a resource keeps its own tags and gets the stack's", () => {
  const resource = tagged((stack) => new ComputeInstanceV2(stack, "server", { name: "s", tags: ["role=web-server"] }));
  expect(only(resource, "openstack_compute_instance_v2")["tags"]).toEqual([
    "role=web-server",
    "image-factory",
    "factory=demo",
  ]);
});

test("one without tags of its own gets them too", () => {
  const resource = tagged((stack) => new NetworkingPortV2(stack, "port", { networkId: "n" }));
  expect(only(resource, "openstack_networking_port_v2")["tags"]).toEqual(["image-factory", "factory=demo"]);
});

test("what has no tags gets metadata, beside its own", () => {
  const resource = tagged(
    (stack) => new BlockstorageVolumeV3(stack, "volume", { size: 1, metadata: { purpose: "scratch" } }),
  );
  expect(only(resource, "openstack_blockstorage_volume_v3")["metadata"]).toEqual({
    purpose: "scratch",
    image_factory: "demo",
  });
});
