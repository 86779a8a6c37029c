import { DataResource } from "../../../constructs/data-resource";
import { DataVolume } from "../../../constructs/data-volume";
import { Retained, type RetainedProps } from "../../../constructs/retained";
import { OpenstackProvider } from "@cdktf/provider-openstack/lib/provider";
import { counts, only, synthStack, testStack } from "./synth";

const volume: RetainedProps = {
  root: "/repository",
  project: "services",
  kind: "volume",
  name: "demo-data",
  sizeGiB: 4,
};

/** The provisioners' commands: at creation, at destroy. */
function commands(
  resource: Readonly<Record<string, unknown>>,
): readonly (readonly [when: unknown, command: unknown])[] {
  const list = resource["provisioner"] as readonly { readonly "local-exec": Readonly<Record<string, unknown>> }[];
  return list.map(({ "local-exec": local }) => [local["when"], local["command"]]);
}

describe("Retained", () => {
  test("with required properties: an intention, and nothing of Terraform's own", () => {
    const stack = testStack();
    new Retained(stack, "kept", {
      root: "/repository",
      project: "production",
      kind: "container",
      name: "demo-release",
    });
    const { resource } = synthStack(stack);
    expect(counts(resource)).toEqual({ terraform_data: 1 });
    const what = "--project production --kind container --name demo-release";
    expect(commands(only(resource, "terraform_data"))).toEqual([
      [undefined, `node bin/factory internal retain ${what}`],
      ["destroy", `node bin/factory internal release ${what}`],
    ]);
  });

  test("with all properties: what is made has the size, what is released needs none", () => {
    const stack = testStack();
    new Retained(stack, "kept", volume);
    const what = "--project services --kind volume --name demo-data";
    expect(commands(only(synthStack(stack).resource, "terraform_data"))).toEqual([
      [undefined, `node bin/factory internal retain ${what} --size 4`],
      ["destroy", `node bin/factory internal release ${what}`],
    ]);
  });

  test.each([0, 1.5, Number.NaN])("fails when a volume's size is %s", (sizeGiB) => {
    expect(() => new Retained(testStack(), "kept", { ...volume, sizeGiB })).toThrow(
      `volume demo-data: a size of ${sizeGiB} GiB; it needs a whole number of at least 1`,
    );
  });

  test("fails when a volume has no size", () => {
    const props = { root: "/repository", project: "build", kind: "volume", name: "demo-data" } as const;
    expect(() => new Retained(testStack(), "kept", props)).toThrow("volume demo-data: a size of no GiB");
  });

  test("fails when its name can't stand in a command line", () => {
    expect(() => new Retained(testStack(), "kept", { ...volume, name: "x; rm -rf /" })).toThrow(
      'factory-command: "x; rm -rf /" cannot stand in a command line',
    );
  });
});

describe("DataVolume", () => {
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
});
