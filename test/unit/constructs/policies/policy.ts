import { Aspects, Testing, type IAspect, type TerraformStack } from "cdktf";
import { errorsOf, testStack } from "../synth";

/** What a policy says of the constructs that are built in a stack, without the path that it begins with. */
export function errors(policy: IAspect, build: (stack: TerraformStack) => unknown): string[] {
  const stack = testStack();
  build(stack);
  Aspects.of(stack).add(policy);
  stack.prepareStack();
  Testing.synth(stack);
  return errorsOf(stack).map((error) => error.replace(/^\S+: /, ""));
}
