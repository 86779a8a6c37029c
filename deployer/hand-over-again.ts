/** Gives nodes that are up what their role is handed over once more, in an order, and waits until they are well. */
import type { NodeRole } from "../model/naming";
import { handOver } from "./configure";
import type { Deployment } from "./deployment";
import { waitForHealth } from "./health";
import type { FactoryNode, Ways } from "./nodes";
import type { RoleContext } from "./roles/role";
import { messageOf, UserError } from "./user-error";

/** Nodes of these roles, role after role, and within a role by name: of directory servers the provider is the first. */
export function inOrderOf(roles: readonly NodeRole[], nodes: readonly FactoryNode[]): FactoryNode[] {
  return roles.flatMap((role) =>
    nodes.filter((node) => node.role === role).sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true })),
  );
}

/**
 * One node after the other; what one is given may make another one's checks pass, so those are looked at in the end.
 * Throws a UserError at the first node that can't be given it.
 */
export async function handOverAgain(
  deployment: Deployment,
  ways: Ways,
  nodes: readonly FactoryNode[],
  say: (line: string) => void,
  only?: RoleContext["only"],
): Promise<void> {
  for (const node of nodes) {
    await handOver(deployment, node, await ways.to(node), only).catch((error: unknown) => {
      throw new UserError(`${node.name}: was not handed over to: ${messageOf(error)}`, { cause: error });
    });
    say(`${node.name}: handed over`);
  }
  await Promise.all(nodes.map(async (node) => waitForHealth(await ways.to(node))));
}
