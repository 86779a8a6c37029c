import { Annotations, TerraformResource, type IAspect } from "cdktf";
import type { IConstruct } from "constructs";

interface Carrier {
  readonly tagsInput?: readonly string[];
  readonly metadataInput?: Readonly<Record<string, string>>;
}

/** Whatever can carry tags (metadata, where there are none) carries these: clean-up and the reaper find it by them. */
export class Tagged implements IAspect {
  constructor(
    private readonly tags: readonly string[],
    private readonly metadata: Readonly<Record<string, string>>,
  ) {}

  visit(node: IConstruct): void {
    if (!TerraformResource.isTerraformResource(node)) return;
    const missing = this.missing(node as unknown as Carrier);
    if (missing.length > 0) Annotations.of(node).addError(`${node.node.path}: is not tagged ${missing.join(", ")}`);
  }

  private missing(carrier: Carrier): readonly string[] {
    if ("tagsInput" in carrier) return this.tags.filter((tag) => !carrier.tagsInput?.includes(tag));
    if (!("metadataInput" in carrier)) return [];
    return Object.keys(this.metadata).filter((key) => carrier.metadataInput?.[key] !== this.metadata[key]);
  }
}
