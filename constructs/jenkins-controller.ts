import { Construct } from "constructs";
import { controllerUserData, type JenkinsSource } from "../cloud-init/controller";
import type { NodeValues } from "../cloud-init/render";
import { IPERF3_PORT } from "../model/jenkins";
import { Port, type Connections, type IConnectable, type IPeer } from "./connections";
import { DataResource } from "./data-resource";
import { DataVolume } from "./data-volume";
import { factoryCommand } from "./factory-command";
import { NodeHost, type NodeKind, type NodePlace } from "./node-host";

const HTTPS = Port.tcp(443);

export interface JenkinsControllerProps extends NodePlace {
  /** The repository's root. */
  readonly root: string;
  readonly name: string;
  readonly kind: NodeKind;
  /** Name and size of the volume that Jenkins' home is on; it outlives the node. */
  readonly volume: { readonly name: string; readonly sizeGiB: number };
  /** What is installed, and from where. */
  readonly jenkins: JenkinsSource;
  readonly nodeValues: NodeValues;
}

/** Jenkins behind a TLS proxy, its home on a volume that is kept when the node goes, and the network test's server. */
export class JenkinsController extends Construct implements IConnectable {
  readonly host: NodeHost;
  readonly connections: Connections;

  constructor(scope: Construct, id: string, props: JenkinsControllerProps) {
    super(scope, id);
    const { root, volume, jenkins, nodeValues, ...node } = props;
    const data = new DataVolume(this, "data", { root, ...volume });
    this.host = new NodeHost(this, id, {
      ...node,
      role: "controller",
      description: "Jenkins: jobs, and the agent that deploys builds",
      userData: controllerUserData({ ...nodeValues, volumeId: data.volumeId, jenkins }),
      volume: data,
    });
    this.connections = this.host.connections;
    // its deployer's credentials in the cloud are made by what configures the node, and go with the node
    new DataResource(this, "credentials", {
      dependsOn: [this.host.server],
      provisioners: [factoryCommand({ root, words: ["withdraw"], whenDestroyed: true })],
    });
  }

  /** Lets somebody use Jenkins, through its TLS proxy. */
  allowWebFrom(client: IConnectable | IPeer): void {
    this.connections.allowFrom(client, HTTPS, "Jenkins");
  }

  /** Lets somebody measure the network against it. */
  allowNetworkTestFrom(client: IConnectable): void {
    this.connections.allowFrom(client, Port.tcp(IPERF3_PORT), "network test");
  }
}
