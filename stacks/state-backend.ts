/** Where a stack's state is kept. */
import { TerraformBackend, type TerraformRemoteState, type TerraformStack } from "cdktf";
import { statePlace } from "../model/config/state";
import * as model from "../model/state-backend";
import type { StackContext } from "./context";

/** A backend whose block is data; cdktf's own classes know none of the lock file. */
class StateBackend extends TerraformBackend {
  constructor(
    stack: TerraformStack,
    type: string,
    private readonly attributes: Readonly<Record<string, unknown>>,
  ) {
    super(stack, "backend", type);
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { ...this.attributes };
  }

  /** Stacks find each other by names: a reference would copy the backend into the other stack. */
  getRemoteStateDataSource(): TerraformRemoteState {
    throw new Error("state-backend: a stack must not refer to another one's state");
  }
}

export function stateBackend(stack: TerraformStack, id: string, context: StackContext): void {
  const { config, statePath } = context;
  const subject = { factory: config.factory, stack: id, file: statePath(id) };
  const { type, attributes, swift } = model.stateBackend(statePlace(config.state), subject);
  new StateBackend(stack, type, attributes);
  // toolchain/terraform reads this comment, and starts the bridge that Terraform's http backend talks to.
  if (swift) stack.addOverride("//.swiftState", { ...swift, ...swiftCloud(context) });
}

/** The clouds.yaml entry that buckets are in, and its region where the entry names none. */
function swiftCloud({ config }: StackContext): { readonly cloud: string; readonly region: string } {
  return { cloud: config.projects.production.cloud, region: config.regions[0]?.region ?? "" };
}
