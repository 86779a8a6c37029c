import { ComputeInstanceV2 } from "@cdktf/provider-openstack/lib/compute-instance-v2";
import { DataOpenstackImagesImageV2 } from "@cdktf/provider-openstack/lib/data-openstack-images-image-v2";
import { NetworkingFloatingipV2 } from "@cdktf/provider-openstack/lib/networking-floatingip-v2";
import { NetworkingPortV2 } from "@cdktf/provider-openstack/lib/networking-port-v2";
import { Fn, TerraformLocal, type ITerraformDependable, type TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import type { NodeRole } from "../model/naming";
import { roleTag } from "../model/naming";
import { Peer, type Connections, type IConnectable, type IPeer } from "./connections";
import type { DataVolume } from "./data-volume";
import { literal } from "./literal";
import type { INetwork } from "./network";
import { SecurityGroup, type ISecurityGroup } from "./security-group";

/** What factory.yaml says of one kind of node. */
export interface NodeKind {
  readonly flavor: string;
  readonly image: string;
  readonly zone: string;
}

/** Where a node lives: what all nodes of one project share. */
export interface NodePlace {
  readonly network: INetwork;
  /** Name of the key pair for the deployer's login. */
  readonly keyPair: string;
  /** The project's provider. @default - the stack's */
  readonly provider?: TerraformProvider;
}

export interface NodeHostProps extends NodePlace {
  /** Name of server, port and security group. */
  readonly name: string;
  /** What it is for: the security group's description. */
  readonly description: string;
  readonly kind: NodeKind;
  /** The node's role; none for build hosts. @default - none */
  readonly role?: NodeRole;
  readonly userData: string;
  /** Further groups that this node belongs to. @default - its own only */
  readonly memberOf?: readonly ISecurityGroup[];
  /** Attached from the first boot on; a string is a volume that goes with the node. @default - none */
  readonly volume?: DataVolume | string;
  /** External network of the node's public address. @default - no public address */
  readonly publicAddressFrom?: string;
  /** Addresses beside its own that the node may speak for. @default - none */
  readonly furtherAddresses?: readonly string[];
  /** Servers of a group run on different hypervisors where that is possible. @default - anywhere */
  readonly serverGroupId?: string;
  /** @default - none */
  readonly dependsOn?: ITerraformDependable[];
}

/**
 * The base of every host: its own security group, a port, a server, and where asked a volume and a public address.
 *
 * A changed image or user data does not replace the server: NodeConfigured rebuilds it in place, one node after the
 * other, with its port, addresses and volume (docs/decisions/007).
 */
export class NodeHost extends Construct implements IConnectable {
  readonly connections: Connections;
  readonly serverId: string;
  readonly server: ComputeInstanceV2;
  readonly portId: string;
  /** Address in its network. */
  readonly address: string;
  /** The image that it is to run. */
  readonly imageId: string;
  /** As others reach it from outside; undefined where it has none. */
  readonly publicAddress: string | undefined;
  /** The user data that it is to run with. */
  readonly userData: string;
  /** What must be there before the node can be reached from outside its network. */
  readonly reachable: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: NodeHostProps) {
    super(scope, id);
    const { name, description, kind, network, memberOf = [], dependsOn = [], provider, volume, role } = props;
    const common = provider === undefined ? {} : { provider };
    const group = new SecurityGroup(this, id, { name, description, dependsOn, ...common });
    this.connections = group.connections;
    this.userData = new TerraformLocal(this, "user-data", literal(props.userData)).asString;

    const port = new NetworkingPortV2(this, "port", {
      name,
      networkId: network.networkId,
      adminStateUp: true,
      securityGroupIds: [group.securityGroupId, ...memberOf.map((member) => member.securityGroupId)],
      dependsOn: network.ready,
      ...(props.furtherAddresses && {
        allowedAddressPairs: props.furtherAddresses.map((ipAddress) => ({ ipAddress })),
      }),
      ...common,
    });
    this.portId = port.id;
    const image = new DataOpenstackImagesImageV2(this, "image", {
      name: kind.image,
      mostRecent: true,
      dependsOn,
      ...common,
    });
    this.imageId = image.id;
    const retained = volume === undefined || typeof volume === "string" ? undefined : volume;
    this.server = new ComputeInstanceV2(this, "Resource", {
      name,
      flavorName: kind.flavor,
      availabilityZone: kind.zone,
      keyPair: props.keyPair,
      userData: this.userData,
      network: [{ port: port.id }],
      ...(role && { tags: [roleTag(role)] }),
      ...(props.serverGroupId !== undefined && { schedulerHints: [{ group: props.serverGroupId }] }),
      // a clean shutdown before the server goes: its volume is kept
      stopBeforeDestroy: retained !== undefined,
      ...disks(image.id, retained?.volumeId ?? (volume as string | undefined)),
      lifecycle: {
        ignoreChanges: ["image_id", "image_name", "block_device", "user_data", "key_pair"],
        // another volume under the same name, after a purge
        ...(retained && { replaceTriggeredBy: [retained.identity] }),
      },
      ...common,
    });
    this.serverId = this.server.id;
    this.address = Fn.element(port.allFixedIps, 0) as string;
    this.reachable = [this.server];

    if (props.publicAddressFrom !== undefined) {
      const floating = new NetworkingFloatingipV2(this, "public-address", {
        pool: props.publicAddressFrom,
        portId: port.id,
        description: name,
        dependsOn: [...network.ready, this.server],
        ...common,
      });
      this.reachable = [floating];
      this.publicAddress = floating.address;
    }
  }

  /** This node alone, by its address: for rules in another project, which can't see this one's groups. */
  asPeer(): IPeer {
    return { ...Peer.cidr(`${this.address}/32`), peerId: this.node.id };
  }
}

function disks(imageId: string, volumeId: string | undefined) {
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
