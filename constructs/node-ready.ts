import { DataResource, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { factoryCommand } from "./factory-command";
import type { NodeHost } from "./node-host";

export interface NodeReadyProps {
  /** The repository's root. */
  readonly root: string;
  readonly node: NodeHost;
  /** Other nodes that the way to this one leads through. @default - none */
  readonly after?: readonly NodeReady[];
}

/**
 * The deploy's proof that a node came up: its host keys are taken from the console log and pinned, and its cloud-init
 * must have finished without an error. Fails the deploy with what cloud-init says.
 */
export class NodeReady extends Construct {
  readonly resource: DataResource;

  constructor(scope: Construct, id: string, props: NodeReadyProps) {
    super(scope, id);
    const { root, node, after = [] } = props;
    const dependsOn: ITerraformDependable[] = [...node.reachable, ...after.map((other) => other.resource)];
    this.resource = new DataResource(this, "Resource", {
      triggersReplace: { server: node.serverId },
      provisioners: [factoryCommand({ root, words: ["ready", "--server", node.serverId] })],
      dependsOn,
    });
  }
}
