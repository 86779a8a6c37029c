import { TerraformResource, type IAspect } from "cdktf";
import type { IConstruct } from "constructs";

interface Taggable {
  tags: string[];
  readonly tagsInput: string[] | undefined;
}

interface WithNamedTags {
  tags: Record<string, string>;
  readonly tagsInput: Record<string, string> | undefined;
}

interface WithMetadata {
  metadata: Record<string, string>;
  readonly metadataInput: Record<string, string> | undefined;
}

/** Gives every resource of a stack the same tags; where OpenStack has none (volumes), the same as metadata. */
export class Tagging implements IAspect {
  constructor(
    private readonly tags: readonly string[],
    private readonly metadata: Readonly<Record<string, string>>,
  ) {}

  visit(node: IConstruct): void {
    if (!TerraformResource.isTerraformResource(node)) return;
    if ("tagsInput" in node && node.terraformResourceType.startsWith("opentelekomcloud_")) {
      // this provider's tags have names and values
      const resource = node as unknown as WithNamedTags;
      resource.tags = { ...resource.tagsInput, ...this.metadata };
    } else if ("tagsInput" in node) {
      const taggable = node as unknown as Taggable;
      taggable.tags = [...(taggable.tagsInput ?? []), ...this.tags];
    } else if ("metadataInput" in node) {
      const resource = node as unknown as WithMetadata;
      resource.metadata = { ...resource.metadataInput, ...this.metadata };
    }
  }
}
