import { Fn, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { DataResource } from "./data-resource";
import { factoryCommand } from "./factory-command";
import type { NodeHost } from "./node-host";

export interface NodeConfiguredProps {
  /** The repository's root. */
  readonly root: string;
  readonly node: NodeHost;
  /** What is handed over besides secrets depends on this: a change of it hands over again. @default - nothing */
  readonly settings?: Readonly<Record<string, string>>;
  /** Nodes that must be in order before: the way to this one, what it needs, its peer (one at a time). @default - none */
  readonly after?: readonly NodeConfigured[];
  /** What else must be there before. @default - nothing */
  readonly needs?: readonly ITerraformDependable[];
  /** A check of its health that may fail still: what it needs comes after this node. @default - all have to pass */
  readonly tolerated?: string;
}

/**
 * A node brought into the state that the configuration wants, by `factory internal configure`: rebuilt when its image or
 * user data differ, its host keys pinned, its first boot waited for, its secrets handed over, its role started, and its
 * own health check passed. Fails the deploy with what is wrong.
 */
export class NodeConfigured extends Construct {
  readonly resource: DataResource;

  constructor(scope: Construct, id: string, props: NodeConfiguredProps) {
    super(scope, id);
    const { root, node, after = [], needs = [], settings = {}, tolerated } = props;
    const dependsOn: ITerraformDependable[] = [...node.reachable, ...after.map((other) => other.resource), ...needs];
    const userData = Fn.sha256(node.userData);
    const words = ["configure", "--server", node.serverId, "--image", node.imageId];
    const command = factoryCommand({
      root,
      words: tolerated === undefined ? words : [...words, "--tolerate", tolerated],
    });
    this.resource = new DataResource(this, "Resource", {
      triggersReplace: { server: node.serverId, image: node.imageId, userData, ...settings },
      provisioners: [{ ...command, environment: { FACTORY_USER_DATA: node.userData } }],
      dependsOn,
    });
    // Without the hash of its path: `factory replace` names it to Terraform.
    this.resource.overrideLogicalId(id);
  }
}
