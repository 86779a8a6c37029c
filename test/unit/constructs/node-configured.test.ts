import { NodeConfigured } from "../../../constructs/node-configured";
import { NodeHost } from "../../../constructs/node-host";
import type { TerraformStack } from "cdktf";
import { all, counts, synthStack, testStack } from "./synth";
import { kind, NODE, place } from "./nodes";

const host = (stack: TerraformStack, publicAddress = false) =>
  new NodeHost(stack, "node", {
    ...place(stack),
    name: "demo-node",
    description: "a node",
    kind,
    userData: "#cloud-config\n",
    ...(publicAddress && { publicAddressFrom: "public" }),
  });
const configured = (stack: TerraformStack) => all(synthStack(stack).resource, "terraform_data");

test("with required properties: one command that is given ids, and the user data in its environment", () => {
  const stack = testStack();
  new NodeConfigured(stack, "configured", { root: "/repository", node: host(stack) });
  expect(counts(synthStack(stack).resource)).toEqual({ ...NODE, terraform_data: 1 });
  const [resource] = configured(stack);
  expect(resource?.["depends_on"]).toEqual([expect.stringMatching(/^openstack_compute_instance_v2\./)]);
  expect(Object.keys(resource?.["triggers_replace"] as object).sort()).toEqual(["image", "server", "userData"]);
  const [{ "local-exec": local }] = resource?.["provisioner"] as readonly [{ "local-exec": Record<string, unknown> }];
  expect(local["command"]).toMatch(
    /^node bin\/factory internal configure --server '\$\{[^ ]+\}' --image '\$\{[^ ]+\}'$/,
  );
  expect(local["environment"]).toEqual({
    FACTORY_USER_DATA: expect.stringMatching(/^\$\{local\.[\w-]+\}$/) as unknown,
  });
  expect(local).not.toHaveProperty("when");
});

test("with all properties: after other nodes, and once more when its settings change", () => {
  const stack = testStack();
  const node = host(stack, true);
  const first = new NodeConfigured(stack, "first", { root: "/repository", node });
  new NodeConfigured(stack, "second", { root: "/repository", node, after: [first], settings: { ca: "abc" } });
  const [, second] = configured(stack);
  expect(second?.["depends_on"]).toEqual([
    expect.stringMatching(/^openstack_networking_floatingip_v2\./),
    expect.stringMatching(/^terraform_data\.first/),
  ]);
  expect(second?.["triggers_replace"]).toMatchObject({ ca: "abc" });
});
