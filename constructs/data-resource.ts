import { AnyMap, anyToTerraform, hashMapper, TerraformResource, type TerraformMetaArguments } from "cdktf";
import type { Construct } from "constructs";

export interface DataResourceProps extends TerraformMetaArguments {
  /** Kept in the state, and given back as `output`. @default - nothing */
  readonly input?: Readonly<Record<string, unknown>>;
  /** A change of it makes the resource anew. @default - nothing */
  readonly triggersReplace?: Readonly<Record<string, unknown>>;
}

/**
 * Terraform's built-in `terraform_data`: what stands for work of the deploying side. cdktf's own class starts a
 * `terraform version` for each of them in every synth, which is most of its time; the set-up sees to the version.
 */
export class DataResource extends TerraformResource {
  readonly output: AnyMap;
  private readonly attributes: Readonly<Record<string, unknown>>;

  constructor(scope: Construct, id: string, props: DataResourceProps) {
    const { input, triggersReplace, ...meta } = props;
    super(scope, id, { ...meta, terraformResourceType: "terraform_data" });
    this.output = new AnyMap(this, "output");
    this.attributes = { input, triggers_replace: triggersReplace };
  }

  get id(): string {
    return this.getStringAttribute("id");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(this.attributes).map(([name, value]) => [name, hashMapper(anyToTerraform)(value) as unknown]),
    );
  }
}
