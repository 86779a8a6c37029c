import { Retained, type RetainedProps } from "../../../constructs/retained";
import { commands, counts, only, synthStack, testStack } from "./synth";

const volume: RetainedProps = {
  root: "/repository",
  project: "services",
  kind: "volume",
  name: "demo-data",
  sizeGiB: 4,
};

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
