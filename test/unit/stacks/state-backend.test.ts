import { TerraformStack, Testing } from "cdktf";
import { stateBackend } from "../../../stacks/state-backend";
import { exampleContext } from "./context";

/** The whole document of a stack with nothing but its backend. */
function synthesised(state: string): Record<string, unknown> {
  const stack = new TerraformStack(Testing.app(), "factory");
  const context = exampleContext();
  stateBackend(stack, "factory", { ...context, config: { ...context.config, state } });
  return stack.toTerraform() as Record<string, unknown>;
}

test("the configured place is the stack's backend", () => {
  expect(synthesised("local")["terraform"]).toEqual({ backend: { local: { path: "/state/factory.tfstate" } } });
  expect(synthesised("https://s.test/f")["terraform"]).toMatchObject({
    backend: { http: { address: "https://s.test/f/factory" } },
  });
});

test("in Swift: no address of Terraform's, and the bridge finds what to serve", () => {
  const { terraform, ...rest } = synthesised("swift://demo-state");
  expect(terraform).toEqual({ backend: { http: { lock_method: "LOCK", unlock_method: "UNLOCK" } } });
  expect(rest["//"]).toMatchObject({
    swiftState: { cloud: "production", region: "RegionOne", container: "demo-state", name: "demo/factory" },
  });
});

test("another stack can not refer to it", () => {
  const stack = new TerraformStack(Testing.app(), "factory");
  stateBackend(stack, "factory", exampleContext());
  const [backend] = stack.node.children as unknown as { getRemoteStateDataSource(): unknown }[];
  expect(() => backend?.getRemoteStateDataSource()).toThrow("must not refer to another one's state");
});
