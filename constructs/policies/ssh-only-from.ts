import { Annotations, type IAspect } from "cdktf";
import type { IConstruct } from "constructs";
import { ingressOf, opens } from "./ingress";
import { leadsTo, within } from "./resources";

const SSH = 22;

/** Whom SSH reaches, and from where; constructs by their ids directly below the stack. */
export interface SshPath {
  /** @default - every node */
  readonly to?: readonly string[];
  readonly from?: readonly string[];
  /** Ranges of addresses. @default - none */
  readonly ranges?: readonly string[];
}

/** No SSH but along these paths: groups and addresses of the named constructs, and the named ranges. */
export class SshOnlyFrom implements IAspect {
  constructor(private readonly paths: readonly SshPath[]) {}

  visit(node: IConstruct): void {
    const rule = ingressOf(node);
    if (!rule || !opens(rule, SSH)) return;
    const { fromGroup, fromRange } = rule;
    const allowed = this.paths.some(
      ({ to, from = [], ranges = [] }) =>
        (to === undefined || within(node, to)) && (ranges.includes(fromRange) || leadsTo(fromGroup || fromRange, from)),
    );
    if (!allowed)
      Annotations.of(node).addError(`${node.node.path}: lets SSH in from ${fromGroup || fromRange || "everywhere"}`);
  }
}
