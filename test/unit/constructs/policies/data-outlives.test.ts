import { BlockstorageVolumeV3 } from "@cdktf/provider-openstack/lib/blockstorage-volume-v3";
import { ComputeInstanceV2 } from "@cdktf/provider-openstack/lib/compute-instance-v2";
import { ObjectstorageContainerV1 } from "@cdktf/provider-openstack/lib/objectstorage-container-v1";
import type { TerraformStack } from "cdktf";
import { DataVolume } from "../../../../constructs/data-volume";
import { DataIsRetained, StopsBeforeDestroy } from "../../../../constructs/policies";
import { errors } from "./policy";

test("fails for a volume and a container of Terraform's own", () => {
  const volume = (stack: TerraformStack) => new BlockstorageVolumeV3(stack, "volume", { size: 1 });
  expect(errors(new DataIsRetained(), volume)).toEqual([
    "openstack_blockstorage_volume_v3 would go with its data; use constructs/retained.ts",
  ]);
  const container = (stack: TerraformStack) => new ObjectstorageContainerV1(stack, "container", { name: "c" });
  expect(errors(new DataIsRetained(), container)).toHaveLength(1);
});

test("a volume that outlives the stack passes", () => {
  const volume = (stack: TerraformStack) => new DataVolume(stack, "data", { root: "/r", name: "n", sizeGiB: 1 });
  expect(errors(new DataIsRetained(), volume)).toEqual([]);
});

const server = (stopBeforeDestroy: boolean, deleteOnTermination: boolean) => (stack: TerraformStack) =>
  new ComputeInstanceV2(stack, "server", {
    name: "s",
    stopBeforeDestroy,
    blockDevice: [{ uuid: "v", sourceType: "volume", destinationType: "volume", deleteOnTermination }],
  });

test("fails for a server whose volume is kept and that is not stopped before", () => {
  expect(errors(new StopsBeforeDestroy(), server(false, false))).toEqual([
    "has a volume that is kept, but does not stop before its destroy",
  ]);
});

test("a server that is stopped, and one whose volume goes with it, pass", () => {
  expect(errors(new StopsBeforeDestroy(), server(true, false))).toEqual([]);
  expect(errors(new StopsBeforeDestroy(), server(false, true))).toEqual([]);
});
