import { OpenstackProvider } from "@cdktf/provider-openstack/lib/provider";
import { DataResource } from "../../../constructs/data-resource";
import { DataVolume } from "../../../constructs/data-volume";
import { commands, counts, only, synthStack, testStack } from "./synth";

test("with required properties: in project build, found by its name once it is there", () => {
  const stack = testStack();
  new DataVolume(stack, "data", { root: "/repository", name: "demo-data", sizeGiB: 4 });
  const { resource, data } = synthStack(stack);
  expect(counts(resource)).toEqual({ terraform_data: 1 });
  expect(counts(data)).toEqual({ openstack_blockstorage_volume_v3: 1 });
  expect(commands(only(resource, "terraform_data"))[0]?.[1]).toContain("--project build --kind volume");
  const found = only(data, "openstack_blockstorage_volume_v3");
  expect(found).toMatchObject({ name: "demo-data", depends_on: [expect.stringContaining("terraform_data.")] });
  expect(found).not.toHaveProperty("provider");
});

test("with all properties", () => {
  const stack = testStack();
  const provider = new OpenstackProvider(stack, "other", { alias: "services", cloud: "services" });
  const data = { root: "/repository", name: "demo-data", sizeGiB: 4, project: "services", provider } as const;
  const { volumeId, identity } = new DataVolume(stack, "data", data);
  new DataResource(stack, "uses", { input: { volumeId, identity } });
  const synthesised = synthStack(stack);
  expect(counts(synthesised.resource)).toEqual({ terraform_data: 2 });
  expect(only(synthesised.data, "openstack_blockstorage_volume_v3")["provider"]).toBe("openstack.services");
});

test("fails when it has no size", () => {
  const props = { root: "/repository", name: "demo-data", sizeGiB: 0 };
  expect(() => new DataVolume(testStack(), "data", props)).toThrow("volume demo-data: a size of 0 GiB");
});
