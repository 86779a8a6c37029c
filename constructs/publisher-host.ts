import { Construct } from "constructs";
import { publisherUserData } from "../cloud-init/publisher";
import type { NodeValues } from "../cloud-init/render";
import type { Connections, IConnectable } from "./connections";
import { DataResource } from "./data-resource";
import { factoryCommand } from "./factory-command";
import { NodeHost, type NodeKind, type NodePlace } from "./node-host";

export interface PublisherHostProps extends NodePlace {
  /** The repository's root. */
  readonly root: string;
  readonly name: string;
  readonly kind: NodeKind;
  readonly nodeValues: NodeValues;
}

/** Where publish requests are worked off. It holds a credential of project production, which ends with it. */
export class PublisherHost extends Construct implements IConnectable {
  readonly host: NodeHost;
  readonly connections: Connections;
  /** Revokes the credential when it is destroyed: what makes the credential depends on this. */
  readonly credential: DataResource;

  constructor(scope: Construct, id: string, props: PublisherHostProps) {
    super(scope, id);
    const { root, nodeValues, ...node } = props;
    this.host = new NodeHost(this, id, {
      ...node,
      role: "publisher",
      description: "works off publish requests: the only writer of bucket release",
      userData: publisherUserData(nodeValues),
    });
    this.connections = this.host.connections;
    // Apart from what configures the node, which is replaced at each change: only a destroy ends the credential.
    this.credential = new DataResource(this, "credential", {
      provisioners: [factoryCommand({ root, words: ["revoke-publisher"], whenDestroyed: true })],
    });
  }
}
