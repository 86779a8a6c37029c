/** Rules that hold for everything the factory deploys; breaking one fails the synth. */
import { NetworkingFloatingipV2 } from "@cdktf/provider-openstack/lib/networking-floatingip-v2";
import { NetworkingSecgroupRuleV2 } from "@cdktf/provider-openstack/lib/networking-secgroup-rule-v2";
import { Annotations, TerraformLocal, TerraformResource, type IAspect } from "cdktf";
import type { IConstruct } from "constructs";

/** No public address but on nodes that are made to be reached from outside. */
export class PublicAddressesOnlyFor implements IAspect {
  /** @param ids construct ids (any on the path to the address) that may have one */
  constructor(private readonly ids: readonly string[]) {}

  visit(node: IConstruct): void {
    if (!(node instanceof NetworkingFloatingipV2)) return;
    if (node.node.scopes.some((scope) => this.ids.includes(scope.node.id))) return;
    Annotations.of(node).addError(`${node.node.path}: only ${this.ids.join(", ")} may have a public address`);
  }
}

/** No port, SSH least of all, is open to every address, but the web on nodes that are made to be reached by everybody. */
export class NothingOpenToAll implements IAspect {
  /** @param web construct ids (any on the path to the rule) whose ports 80 and 443 may be. @default none */
  constructor(private readonly web: readonly string[] = []) {}

  visit(node: IConstruct): void {
    if (!(node instanceof NetworkingSecgroupRuleV2) || node.directionInput !== "ingress") return;
    const everywhere =
      node.remoteGroupIdInput === undefined && [undefined, "", "0.0.0.0/0", "::/0"].includes(node.remoteIpPrefixInput);
    const forTheWeb =
      [80, 443].includes(node.portRangeMinInput ?? 0) &&
      node.portRangeMinInput === node.portRangeMaxInput &&
      node.node.scopes.some((scope) => this.web.includes(scope.node.id));
    if (everywhere && !forTheWeb)
      Annotations.of(node).addError(`${node.node.path}: opens ${node.protocolInput ?? "everything"} to every address`);
  }
}

/** What secrets look like: private keys, tokens, and keys of the configuration languages that hold passwords. */
const SECRET = [
  /-----BEGIN [A-Z ]*PRIVATE KEY/,
  /gAAAAA[A-Za-z0-9_-]{60,}/,
  /(password|passwd|secret|token)["']?\s*[:=]\s*["']?(?!no\b|false\b)[^\s"'${}]{8,}/i,
];

/** No secret in user data: it is readable in the synthesised JSON, in the plan and by everybody on the node. */
export class NoSecretInUserData implements IAspect {
  visit(node: IConstruct): void {
    if (SECRET.some((pattern) => pattern.test(userDataOf(node))))
      Annotations.of(node).addError(
        `${node.node.path}: user data holds what looks like a secret; hand it over by attach`,
      );
  }
}

/** User data stands in a local (NodeHost) or in the resource itself. */
function userDataOf(node: IConstruct): string {
  if (node instanceof TerraformLocal) return String(node.expression);
  if (!TerraformResource.isTerraformResource(node) || !("userDataInput" in node)) return "";
  return (node as unknown as { readonly userDataInput: string | undefined }).userDataInput ?? "";
}
