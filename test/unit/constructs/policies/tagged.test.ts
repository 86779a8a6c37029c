import { BlockstorageVolumeV3 } from "@cdktf/provider-openstack/lib/blockstorage-volume-v3";
import { ComputeInstanceV2 } from "@cdktf/provider-openstack/lib/compute-instance-v2";
import { ComputeKeypairV2 } from "@cdktf/provider-openstack/lib/compute-keypair-v2";
import { NetworkingPortV2 } from "@cdktf/provider-openstack/lib/networking-port-v2";
import { Aspects, type TerraformStack } from "cdktf";
import { Tagged } from "../../../../constructs/policies/tagged";
import { SecurityGroup } from "../../../../constructs/security-group";
import { Tagging } from "../../../../constructs/tagging";
import { errors } from "./policy";

const policy = () => new Tagged(["image-factory", "factory=demo"], { image_factory: "demo" });

test.each<readonly [string, (stack: TerraformStack) => unknown]>([
  ["server", (stack) => new ComputeInstanceV2(stack, "one", { name: "n", tags: ["image-factory"] })],
  ["port", (stack) => new NetworkingPortV2(stack, "one", { networkId: "n", tags: ["image-factory"] })],
])("fails for a %s that lacks a tag", (_, build) => {
  expect(errors(policy(), build)).toEqual(["is not tagged factory=demo"]);
});

test("fails for a group and a volume without any", () => {
  const group = (stack: TerraformStack) => new SecurityGroup(stack, "group", { name: "g", description: "d" });
  expect(errors(policy(), group)).toEqual(["is not tagged image-factory, factory=demo"]);
  const volume = (stack: TerraformStack) => new BlockstorageVolumeV3(stack, "volume", { size: 1 });
  expect(errors(policy(), volume)).toEqual(["is not tagged image_factory"]);
});

test("what Tagging has been at passes, and what can carry no tag", () => {
  const build = (stack: TerraformStack) => {
    Aspects.of(stack).add(new Tagging(["image-factory", "factory=demo"], { image_factory: "demo" }));
    new ComputeInstanceV2(stack, "server", { name: "n", tags: ["role=web"] });
    new BlockstorageVolumeV3(stack, "volume", { size: 1 });
    new ComputeKeypairV2(stack, "pair", { name: "p" });
  };
  expect(errors(policy(), build)).toEqual([]);
});
