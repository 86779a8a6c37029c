import { DataOpenstackIdentityAuthScopeV3 } from "@cdktf/provider-openstack/lib/data-openstack-identity-auth-scope-v3";
import { NetworkingRbacPolicyV2 } from "@cdktf/provider-openstack/lib/networking-rbac-policy-v2";
import type { ITerraformDependable, TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import type { INetwork } from "./network";

export interface SharedServicesProps {
  readonly name: string;
  /** The factory's network, in the stack's project. */
  readonly network: INetwork;
  /** Provider of the project that is to use it too. */
  readonly provider: TerraformProvider;
}

/** The factory's network as another project sees it: shared with that project alone (Neutron's RBAC). */
export class SharedServices extends Construct implements INetwork {
  readonly networkId: string;
  readonly subnetId: string;
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: SharedServicesProps) {
    super(scope, id);
    const { name, network, provider } = props;
    const project = new DataOpenstackIdentityAuthScopeV3(this, "project", { name, provider });
    const shared = new NetworkingRbacPolicyV2(this, "shared", {
      action: "access_as_shared",
      objectType: "network",
      objectId: network.networkId,
      targetTenant: project.projectId,
    });
    this.networkId = network.networkId;
    this.subnetId = network.subnetId;
    this.ready = [...network.ready, shared];
  }
}
