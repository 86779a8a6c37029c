import { LbListenerV2 } from "@cdktf/provider-openstack/lib/lb-listener-v2";
import { LbLoadbalancerV2 } from "@cdktf/provider-openstack/lib/lb-loadbalancer-v2";
import { LbMembersV2 } from "@cdktf/provider-openstack/lib/lb-members-v2";
import { LbMonitorV2 } from "@cdktf/provider-openstack/lib/lb-monitor-v2";
import { LbPoolV2 } from "@cdktf/provider-openstack/lib/lb-pool-v2";
import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { BALANCED_PORT } from "../cloud-init/web-server";
import type { INetwork } from "./network";

/** Port of the servers that the load balancer leads to: there it tells the visitor's address (PROXY protocol). */
export const BALANCED = BALANCED_PORT;

export interface WebBalancerProps {
  readonly name: string;
  readonly network: INetwork;
  /** Addresses of the servers. */
  readonly members: readonly string[];
  /** Ranges of addresses that may see the site. */
  readonly webFrom: readonly string[];
  /** @default - the stack's */
  readonly provider?: TerraformProvider;
}

/** TLS ends at the servers, so the balancer passes connections on as they are. */
const LISTENERS = [
  { id: "https", port: 443, member: BALANCED, protocol: "PROXY", check: { type: "HTTPS", port: 443 } },
  { id: "http", port: 80, member: 80, protocol: "TCP", check: { type: "HTTP", port: 80 } },
] as const;

/** A load balancer of Octavia before the web servers. */
export class WebBalancer extends Construct {
  /** Port that the public address leads to. */
  readonly portId: string;

  constructor(scope: Construct, id: string, props: WebBalancerProps) {
    super(scope, id);
    const { name, network, members, webFrom, provider } = props;
    const common = provider === undefined ? {} : { provider };
    const balancer = new LbLoadbalancerV2(this, "Resource", {
      name,
      vipSubnetId: network.subnetId,
      dependsOn: network.ready,
      ...common,
    });
    this.portId = balancer.vipPortId;
    for (const { id: what, port, member, protocol, check } of LISTENERS) {
      const listener = new LbListenerV2(this, what, {
        name: `${name}-${what}`,
        loadbalancerId: balancer.id,
        protocol: "TCP",
        protocolPort: port,
        // without any range Octavia would let everybody in
        allowedCidrs: webFrom.length === 0 ? ["127.0.0.1/32"] : [...webFrom],
        ...common,
      });
      const pool = new LbPoolV2(this, `${what}-pool`, {
        name: `${name}-${what}`,
        listenerId: listener.id,
        protocol,
        lbMethod: "LEAST_CONNECTIONS",
        ...common,
      });
      new LbMembersV2(this, `${what}-members`, {
        poolId: pool.id,
        member: members.map((address) => ({ address, protocolPort: member, monitorPort: check.port })),
        ...common,
      });
      new LbMonitorV2(this, `${what}-monitor`, {
        poolId: pool.id,
        type: check.type,
        urlPath: "/healthz",
        expectedCodes: "200",
        delay: 5,
        timeout: 3,
        maxRetries: 2,
        ...common,
      });
    }
  }
}
