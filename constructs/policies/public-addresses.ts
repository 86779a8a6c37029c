import { Annotations, type IAspect } from "cdktf";
import type { IConstruct } from "constructs";
import { argumentsOf, within } from "./resources";

const ADDRESSES = ["openstack_networking_floatingip_v2", "openstack_networking_floatingip_associate_v2"];

/** No public address but on nodes that are made to be reached from outside. */
export class PublicAddressesOnlyFor implements IAspect {
  /** @param ids construct ids (any on the path to the address) that may have one */
  constructor(private readonly ids: readonly string[]) {}

  visit(node: IConstruct): void {
    if (!ADDRESSES.some((type) => argumentsOf(node, type)) || within(node, this.ids)) return;
    const who = this.ids.length === 0 ? "nothing here" : `only ${this.ids.join(", ")}`;
    Annotations.of(node).addError(`${node.node.path}: ${who} may have a public address`);
  }
}
