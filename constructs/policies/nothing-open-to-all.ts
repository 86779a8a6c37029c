import { Annotations, type IAspect } from "cdktf";
import type { IConstruct } from "constructs";
import { ingressOf } from "./ingress";
import { within } from "./resources";

const WEB = [80, 443];

/** No port is open to every address, but the web on nodes that are made to be reached by everybody. */
export class NothingOpenToAll implements IAspect {
  /** @param web construct ids (any on the path to the rule) whose ports 80 and 443 may be. @default none */
  constructor(private readonly web: readonly string[] = []) {}

  visit(node: IConstruct): void {
    const rule = ingressOf(node);
    if (rule?.fromEverywhere !== true) return;
    const { protocol, ports } = rule;
    if (WEB.some((port) => ports?.from === port && ports.to === port) && within(node, this.web)) return;
    Annotations.of(node).addError(`${node.node.path}: opens ${protocol || "everything"} to every address`);
  }
}
