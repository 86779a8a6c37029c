/** Where a stack's state is kept. */
import { LocalBackend, type TerraformStack } from "cdktf";
import type { StackContext } from "./context";

export function stateBackend(stack: TerraformStack, id: string, context: StackContext): void {
  new LocalBackend(stack, { path: context.statePath(id) });
}
