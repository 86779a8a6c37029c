import { BlockstorageVolumeV3 } from "@cdktf/provider-openstack/lib/blockstorage-volume-v3";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { NodeValues } from "../cloud-init/render";
import { buildHostUserData } from "../cloud-init/roles";
import { Port, type IConnectable } from "./connections";
import type { INetwork } from "./network";
import { NodeHost, type NodeKind } from "./node-host";
import type { ISecurityGroup } from "./security-group";

export interface BuildHostProps {
  /** The build's id: name of the server and of everything that belongs to it. */
  readonly name: string;
  readonly kind: NodeKind;
  readonly network: INetwork;
  readonly keyPair: string;
  /** Size of the scratch volume. */
  readonly scratchGiB: number;
  /** The group of all build hosts: who carries it may mount the share and reach test instances. */
  readonly buildHosts: ISecurityGroup;
  /** Where SSH comes from. */
  readonly jumpHosts: readonly IConnectable[];
  /** Where builds are deployed from within the factory. @default - nowhere */
  readonly controller?: IConnectable;
  readonly nodeValues: NodeValues;
  readonly dependsOn: ITerraformDependable[];
}

/** The ephemeral host of one build, with a scratch volume that goes with it. */
export class BuildHost extends Construct {
  readonly host: NodeHost;

  constructor(scope: Construct, id: string, props: BuildHostProps) {
    super(scope, id);
    const { scratchGiB, buildHosts, jumpHosts, controller, nodeValues, ...node } = props;
    const scratch = new BlockstorageVolumeV3(this, "scratch", {
      name: node.name,
      size: scratchGiB,
      dependsOn: node.dependsOn,
    });
    this.host = new NodeHost(this, id, {
      ...node,
      description: "the host of one build",
      memberOf: [buildHosts],
      userData: buildHostUserData({ ...nodeValues, volumeId: scratch.id }),
      volume: scratch.id,
    });
    for (const jumpHost of jumpHosts) this.host.connections.allowFrom(jumpHost, Port.ssh, "SSH through the jump host");
    if (controller) this.host.connections.allowFrom(controller, Port.ssh, "SSH of the controller's deployer");
  }
}
