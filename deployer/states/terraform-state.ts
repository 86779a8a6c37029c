/** What a state's document says, as far as it matters here. */
import { UserError } from "../user-error";

export interface StateValue {
  readonly value?: Readonly<Record<string, unknown>>;
}

export interface StateInstance {
  /** `tainted`, or nothing. */
  readonly status?: string;
  /** Of terraform_data: what it keeps, and what makes it anew when it changes. */
  readonly attributes?: Readonly<Partial<Record<"output" | "triggers_replace", StateValue | null>>>;
}

export interface StateResource {
  readonly type: string;
  readonly name: string;
  readonly instances?: readonly StateInstance[];
}

export interface TerraformState {
  readonly serial: number;
  /** The same for all versions of one state. */
  readonly lineage: string;
  readonly resources: readonly StateResource[];
}

/** Throws a UserError for a text that is no state. The document is kept whole. */
export function parseState(text: string, title: string): TerraformState {
  try {
    const state = JSON.parse(text) as Partial<TerraformState>;
    return { ...state, serial: state.serial ?? 0, lineage: state.lineage ?? "", resources: state.resources ?? [] };
  } catch (error) {
    throw new UserError(`${title}: is no Terraform state (${(error as Error).message})`, { cause: error });
  }
}

/** The resources of which something exists. */
export function liveResources(state: TerraformState | undefined): readonly StateResource[] {
  return (state?.resources ?? []).filter((one) => (one.instances ?? []).length > 0);
}
