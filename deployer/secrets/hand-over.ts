/** Gives a secret, as it is now, to all nodes that use it. */
import type { SecretName } from "../../model/config/secrets";
import type { Deployment } from "../deployment";
import { handOverAgain, inOrderOf } from "../hand-over-again";
import { listNodes, Ways } from "../nodes";
import { forgetSecrets } from "./index";
import { SECRET_USES } from "./uses";

/**
 * To nodes of all roles that use it, or of these.
 * Throws a UserError at the first node that can't be given it, or that is not well with it.
 */
export async function handOverSecret(
  deployment: Deployment,
  name: SecretName,
  say: (line: string) => void,
  roles = SECRET_USES[name].roles,
): Promise<void> {
  forgetSecrets(deployment);
  const nodes = inOrderOf(roles, await listNodes(deployment));
  if (nodes.length === 0) say(`${name}: there is no node that uses it`);
  else say(`${name}: is handed over ${toWhom(nodes.length)}`);
  await handOverAgain(deployment, new Ways(deployment, say), nodes, say);
}

function toWhom(count: number): string {
  return count === 1 ? "to 1 node" : `to ${count} nodes, one after the other; then all have to be in order`;
}
