import { DataOpenstackNetworkingSecgroupV2 } from "@cdktf/provider-openstack/lib/data-openstack-networking-secgroup-v2";
import { NetworkingSecgroupV2 } from "@cdktf/provider-openstack/lib/networking-secgroup-v2";
import type { ITerraformDependable, TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { Connections, type IConnectable } from "./connections";

export interface ISecurityGroup extends IConnectable {
  readonly securityGroupId: string;
}

export interface SecurityGroupProps {
  /** Name in Neutron; unique in the project. */
  readonly name: string;
  readonly description: string;
  /** @default - none */
  readonly dependsOn?: ITerraformDependable[];
  /** @default - the stack's */
  readonly provider?: TerraformProvider;
}

/** A security group that lets everything out, and in what its `connections` allow. */
export class SecurityGroup extends Construct implements ISecurityGroup {
  /** A group that another stack made, found by its name. */
  static fromExisting(
    scope: Construct,
    id: string,
    name: string,
    dependsOn: ITerraformDependable[] = [],
  ): ISecurityGroup {
    const found = new DataOpenstackNetworkingSecgroupV2(scope, id, { name, dependsOn });
    return { securityGroupId: found.id, connections: new Connections(scope, id, found.id) };
  }

  readonly securityGroupId: string;
  readonly connections: Connections;

  constructor(scope: Construct, id: string, props: SecurityGroupProps) {
    super(scope, id);
    const group = new NetworkingSecgroupV2(this, "Resource", {
      name: props.name,
      description: props.description,
      ...(props.dependsOn && { dependsOn: props.dependsOn }),
      ...(props.provider && { provider: props.provider }),
    });
    this.securityGroupId = group.id;
    this.connections = new Connections(this, id, group.id, props.provider);
  }
}
