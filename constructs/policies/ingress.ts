import type { IConstruct } from "constructs";
import { parseCidr } from "../../model/cidr";
import { argumentsOf } from "./resources";

/** What a rule of a security group lets in. */
export interface Ingress {
  /** `tcp`; empty for every protocol. */
  readonly protocol: string;
  /** Undefined where the protocol has none, and where all are open. */
  readonly ports?: { readonly from: number; readonly to: number };
  /** Reference of the group whose members may connect; empty for a range. */
  readonly fromGroup: string;
  /** Range of addresses, or a reference; empty for a group, and where the rule names neither. */
  readonly fromRange: string;
  /** Whether that is every address, or nearly so. */
  readonly fromEverywhere: boolean;
}

/** The ingress rule that this node is, or undefined. */
export function ingressOf(node: IConstruct): Ingress | undefined {
  const rule = argumentsOf(node, "openstack_networking_secgroup_rule_v2");
  if (rule?.["direction"] !== "ingress") return undefined;
  const word = (name: string): string => (typeof rule[name] === "string" ? rule[name] : "");
  const [from, to] = [rule["port_range_min"], rule["port_range_max"]];
  const [fromGroup, fromRange] = [word("remote_group_id"), word("remote_ip_prefix")];
  return {
    protocol: word("protocol"),
    ...(typeof from === "number" && typeof to === "number" && { ports: { from, to } }),
    fromGroup,
    fromRange,
    fromEverywhere: fromGroup === "" && everywhere(fromRange),
  };
}

/** Half the world is as good as all of it. */
function everywhere(range: string): boolean {
  return range === "" || range.endsWith("::/0") || (parseCidr(range)?.prefix ?? 32) < 8;
}

/** Whether a connection to this TCP port passes. */
export function opens({ protocol, ports }: Ingress, port: number): boolean {
  return ["", "tcp", "6"].includes(protocol) && (ports === undefined || (ports.from <= port && port <= ports.to));
}
