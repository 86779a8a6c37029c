/** Synthesises constructs in a stack of their own and gives the JSON's resources by type. */
import { OpenstackProvider } from "@cdktf/provider-openstack/lib/provider";
import { Testing, TerraformStack } from "cdktf";

export type Resources = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

export interface Synthesised {
  readonly resource: Resources;
  readonly data: Resources;
  readonly locals: Readonly<Record<string, unknown>>;
}

/** The JSON of a stack. Throws with what its policies say, as a real synth would. */
export function synthStack(stack: TerraformStack): Synthesised {
  stack.prepareStack();
  const json = JSON.parse(Testing.synth(stack, true)) as Partial<Synthesised>;
  const errors = errorsOf(stack);
  if (errors.length > 0) throw new Error(errors.join("\n"));
  return { resource: json.resource ?? {}, data: json.data ?? {}, locals: json.locals ?? {} };
}

/** A stack for the constructs under test. */
export function testStack(): TerraformStack {
  const stack = new TerraformStack(Testing.app(), "test");
  new OpenstackProvider(stack, "openstack", { cloud: "build" });
  return stack;
}

/** The errors that aspects left in a construct tree that was synthesised. */
export function errorsOf(stack: TerraformStack): string[] {
  return stack.node
    .findAll()
    .flatMap((node) => node.node.metadata.filter((one) => one.type === "@cdktf/error").map((one) => String(one.data)));
}

/** How many resources there are of each type: what a construct makes, and nothing else. */
export function counts(resources: Resources): Readonly<Record<string, number>> {
  const entries = Object.entries(resources).map(([type, ones]) => [type, Object.keys(ones).length] as const);
  return Object.fromEntries(entries);
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

/** The commands of a resource's provisioners, each with when it runs: undefined is at creation. */
export function commands(
  resource: Readonly<Record<string, unknown>>,
): readonly (readonly [when: unknown, command: unknown])[] {
  const list = resource["provisioner"] as readonly { readonly "local-exec": Readonly<Record<string, unknown>> }[];
  return list.map(({ "local-exec": local }) => [local["when"], local["command"]]);
}
