/** Synthesises constructs in a stack of their own and gives the JSON's resources by type. */
import { OpenstackProvider } from "@cdktf/provider-openstack/lib/provider";
import { Testing, TerraformStack } from "cdktf";

export type Resources = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

export interface Synthesised {
  readonly resource: Resources;
  readonly data: Resources;
  readonly locals: Readonly<Record<string, unknown>>;
}

/** The JSON of a stack. */
export function synthStack(stack: TerraformStack): Synthesised {
  stack.prepareStack();
  const json = JSON.parse(Testing.synth(stack, true)) as Partial<Synthesised>;
  return { resource: json.resource ?? {}, data: json.data ?? {}, locals: json.locals ?? {} };
}

/** A stack for the constructs under test. */
export function testStack(): TerraformStack {
  const stack = new TerraformStack(Testing.app(), "test");
  new OpenstackProvider(stack, "openstack", { cloud: "build" });
  return stack;
}

/** All resources of a type. */
export function all(resources: Resources, type: string): Readonly<Record<string, unknown>>[] {
  return Object.values(resources[type] ?? {});
}

/** The only resource of a type. */
export function only(resources: Resources, type: string): Readonly<Record<string, unknown>> {
  const found = all(resources, type);
  if (found.length !== 1) throw new Error(`${found.length} resources of type ${type}, expected one`);
  return found[0] ?? {};
}
