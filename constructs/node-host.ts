import { ComputeInstanceV2 } from "@cdktf/provider-openstack/lib/compute-instance-v2";
import { DataOpenstackImagesImageV2 } from "@cdktf/provider-openstack/lib/data-openstack-images-image-v2";
import { NetworkingFloatingipV2 } from "@cdktf/provider-openstack/lib/networking-floatingip-v2";
import { NetworkingPortV2 } from "@cdktf/provider-openstack/lib/networking-port-v2";
import { Fn, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Connections, IConnectable } from "./connections";
import { literal } from "./literal";
import type { INetwork } from "./network";
import { SecurityGroup, type ISecurityGroup } from "./security-group";

/** What factory.yaml says of one kind of node. */
export interface NodeKind {
  readonly flavor: string;
  readonly image: string;
  readonly zone: string;
}

export interface NodeHostProps {
  /** Name of server, port and security group. */
  readonly name: string;
  /** What it is for: the security group's description. */
  readonly description: string;
  readonly kind: NodeKind;
  readonly network: INetwork;
  /** Name of the key pair for logging in. */
  readonly keyPair: string;
  readonly userData: string;
  /** Further groups that this node belongs to. @default - its own only */
  readonly memberOf?: readonly ISecurityGroup[];
  /** Volume attached from the first boot on. @default - none */
  readonly volumeId?: string;
  /** External network of the node's public address. @default - no public address */
  readonly publicAddressFrom?: string;
  /** An ephemeral node is never replaced because its image or user data changed. @default false */
  readonly ephemeral?: boolean;
  /** @default - none */
  readonly dependsOn?: ITerraformDependable[];
}

/** The base of every host: its own security group, a port, a server, and where asked a volume and a public address. */
export class NodeHost extends Construct implements IConnectable {
  readonly connections: Connections;
  readonly serverId: string;
  readonly server: ComputeInstanceV2;
  /** Address in the factory's network. */
  readonly address: string;
  /** What must be there before the node can be reached from outside its network. */
  readonly reachable: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: NodeHostProps) {
    super(scope, id);
    const { name, description, kind, network, memberOf = [], dependsOn = [], ephemeral = false } = props;
    const group = new SecurityGroup(this, id, { name, description, dependsOn });
    this.connections = group.connections;

    const port = new NetworkingPortV2(this, "port", {
      name,
      networkId: network.networkId,
      adminStateUp: true,
      securityGroupIds: [group.securityGroupId, ...memberOf.map((member) => member.securityGroupId)],
      dependsOn: network.ready,
    });
    const image = new DataOpenstackImagesImageV2(this, "image", { name: kind.image, mostRecent: true, dependsOn });
    this.server = new ComputeInstanceV2(this, "Resource", {
      name,
      flavorName: kind.flavor,
      availabilityZone: kind.zone,
      keyPair: props.keyPair,
      userData: literal(props.userData),
      network: [{ port: port.id }],
      // a clean shutdown before the server goes: its volume may be kept
      stopBeforeDestroy: props.volumeId !== undefined && !ephemeral,
      ...this.disks(image.id, props.volumeId),
      ...(ephemeral && { lifecycle: { ignoreChanges: ["image_id", "block_device", "user_data", "key_pair"] } }),
    });
    this.serverId = this.server.id;
    this.address = Fn.element(port.allFixedIps, 0) as string;
    this.reachable = [this.server];

    if (props.publicAddressFrom !== undefined)
      this.reachable = [
        new NetworkingFloatingipV2(this, "public-address", {
          pool: props.publicAddressFrom,
          portId: port.id,
          description: name,
          dependsOn: [...network.ready, this.server],
        }),
      ];
  }

  private disks(imageId: string, volumeId: string | undefined) {
    if (volumeId === undefined) return { imageId };
    const image = {
      uuid: imageId,
      sourceType: "image",
      destinationType: "local",
      bootIndex: 0,
      deleteOnTermination: true,
    };
    const volume = {
      uuid: volumeId,
      sourceType: "volume",
      destinationType: "volume",
      bootIndex: -1,
      deleteOnTermination: false,
    };
    return { imageId, blockDevice: [image, volume] };
  }
}
