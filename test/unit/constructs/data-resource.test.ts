import { DataResource as OfCdktf, Fn, type TerraformStack } from "cdktf";
import { DataResource } from "../../../constructs/data-resource";
import { synthStack, testStack } from "./synth";

/** The same resource by both classes, as it stands in the JSON. */
function both(build: (stack: TerraformStack, Class: typeof DataResource | typeof OfCdktf) => unknown): unknown[] {
  return [DataResource, OfCdktf].map((Class) => {
    const stack = testStack();
    build(stack, Class);
    return synthStack(stack).resource;
  });
}

test("with required properties: what cdktf's own class makes", () => {
  const [ours, theirs] = both((stack, Class) => new Class(stack, "data", {}));
  expect(ours).toEqual(theirs);
});

test("with all properties: what cdktf's own class makes", () => {
  const [ours, theirs] = both((stack, Class) => {
    const first = new Class(stack, "first", { input: { build: "a", list: ["b"] } });
    new Class(stack, "second", {
      triggersReplace: { id: first.id, build: Fn.lookup(first.output, "build") },
      dependsOn: [first],
      lifecycle: { ignoreChanges: ["input"] },
      provisioners: [{ type: "local-exec", command: "true", environment: { A: first.id } }],
    });
  });
  expect(ours).toEqual(theirs);
  expect(JSON.stringify(ours)).toContain("${terraform_data.first.id}");
});

test("its validation starts no program", () => {
  expect(new DataResource(testStack(), "data", {}).node.validate()).toEqual([]);
});
