import { Testing } from "cdktf";
import type { StageSelection } from "../../../model/stage-selection";
import { BuildStack } from "../../../stacks/build";
import { only, synthStack, type Resources } from "../constructs/synth";
import { exampleContext } from "./context";

const { resource, data, locals } = synthStack(
  new BuildStack(Testing.app(), "build-debian-12", { ...exampleContext(), image: "debian-12" }),
);
const graph = dependencies(resource, data);

/** What each resource and data source names, directly: in its arguments or in depends_on. */
function dependencies(...kinds: readonly Resources[]): ReadonlyMap<string, readonly string[]> {
  const entries = kinds.flatMap((kind, index) =>
    Object.entries(kind).flatMap(([type, ones]) =>
      Object.entries(ones).map(
        ([id, body]) => [`${index === 1 ? "data." : ""}${type}.${id}`, JSON.stringify(body)] as const,
      ),
    ),
  );
  return new Map(
    entries.map(([name, text]) => [
      name,
      entries.map(([other]) => other).filter((other) => other !== name && mentions(text, other)),
    ]),
  );
}

function mentions(text: string, name: string): boolean {
  return new RegExp(`(^|[^.\\w])${name.replace(/\./g, "\\.")}(?![\\w-])`).test(text);
}

function dependsOn(name: string, target: string, seen = new Set<string>()): boolean {
  if (name === target) return true;
  if (seen.has(name)) return false;
  seen.add(name);
  return (graph.get(name) ?? []).some((next) => dependsOn(next, target, seen));
}

test("nothing is created, and nothing looked up, before stage 1 has passed", () => {
  const others = [...graph.keys()].filter(
    (name) => !["terraform_data.build-id", "terraform_data.initialise"].includes(name),
  );
  expect(others.length).toBeGreaterThan(8);
  expect(others.filter((name) => !dependsOn(name, "terraform_data.initialise"))).toEqual([]);
});

test("tells the script that runs as Terraform which image's change check comes first", () => {
  const stack = new BuildStack(Testing.app(), "build-debian-12", { ...exampleContext(), image: "debian-12" });
  const { "//": comment } = stack.toTerraform() as { readonly "//": object };
  expect(comment).toMatchObject({ changeCheck: "debian-12" });
});

test("the build id is made once: the clock moving on is no change", () => {
  expect(resource["terraform_data"]?.["build-id"]?.["lifecycle"]).toEqual({ ignore_changes: ["input"] });
});

test("destroy-time work is done when everything else is gone", () => {
  const [provisioner] = rawProvisioners("build-id");
  expect(provisioner).toMatchObject({
    when: "destroy",
    command: expect.stringContaining("internal destroyed") as unknown,
  });
  expect([...graph.keys()].filter((name) => !dependsOn(name, "terraform_data.build-id"))).toEqual([]);
});

test("a destroy that another deploy's lease forbids is refused before the host is touched", () => {
  const [provisioner] = rawProvisioners("guard");
  expect(provisioner).toMatchObject({ when: "destroy", command: expect.stringContaining("internal guard") as unknown });
  const ofTheHost = [...graph.keys()].filter((name) => /^openstack_.*\.build-host_/.test(name));
  expect(ofTheHost.length).toBeGreaterThanOrEqual(5);
  expect(ofTheHost.filter((name) => !dependsOn("terraform_data.guard", name))).toEqual([]);
});

test("destroy provisioners name nothing but self", () => {
  for (const id of ["build-id", "guard"])
    for (const provisioner of rawProvisioners(id).filter((one) => one["when"] === "destroy"))
      expect(String(provisioner["command"]).match(/\$\{[^}]*\}/g) ?? []).toEqual([
        expect.stringMatching(/^\$\{self\.output/),
      ]);
});

test("user data leaves shell expansions to the shell", () => {
  const userData = String(Object.values(locals)[0]);
  expect(userData).toContain("'$${db:Status-Status}'");
});

test("the host has no public address and is never replaced while a build can be resumed on it", () => {
  expect(resource).not.toHaveProperty("openstack_networking_floatingip_v2");
  expect(only(resource, "openstack_compute_instance_v2")["lifecycle"]).toBeDefined();
});

test("the scratch volume goes with the stack and carries the build's tags as metadata", () => {
  expect(only(resource, "openstack_blockstorage_volume_v3")["metadata"]).toMatchObject({
    image_factory: "demo",
    image_factory_image: "debian-12",
  });
});

test.each<[string, StageSelection, object]>([
  ["all of it", {}, {}],
  ["until a stage", { until: "test" }, { part: "--until test" }],
  ["from a stage to the end", { from: "test" }, { again: "${plantimestamp()}" }],
  ["only a stage", { only: ["test"] }, { part: "--only test", again: "${plantimestamp()}" }],
])("%s: Terraform runs the build once more when another part is asked for", (_, selection, triggers) => {
  const stack = new BuildStack(Testing.app(), "build-debian-12", {
    ...exampleContext(),
    image: "debian-12",
    selection,
  });
  const { server, ...others } = synthStack(stack).resource["terraform_data"]?.["run"]?.["triggers_replace"] as Record<
    string,
    unknown
  >;
  expect(server).toBeDefined();
  expect(others).toEqual(triggers);
});

function rawProvisioners(id: string): readonly Readonly<Record<string, unknown>>[] {
  const body = resource["terraform_data"]?.[id];
  const list = (body?.["provisioner"] ?? []) as readonly Readonly<Record<string, Readonly<Record<string, unknown>>>>[];
  return list.map((one) => one["local-exec"] ?? {});
}
