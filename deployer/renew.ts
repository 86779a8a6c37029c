/** `factory certificates renew`: new certificates for nodes, without a rebuild. */
import { NODE_ROLES } from "../model/naming";
import { LEAF_DAYS } from "./certificate-days";
import { authorityFacts, certificatesOf, type CertificateFacts } from "./certificates";
import type { Deployment } from "./deployment";
import { handOverAgain, inOrderOf } from "./hand-over-again";
import { findNode, listNodes, Ways, type FactoryNode } from "./nodes";
import { messageOf, UserError } from "./user-error";

export interface Renewal {
  /** Names of nodes; none means all. */
  readonly nodes: readonly string[];
  /** Certificates with fewer days left than this; Infinity: whatever they have left. */
  readonly days: number;
}

export type Verdict = { readonly due: boolean; readonly why: string };

/**
 * Whether a node's certificates are to be renewed. Not when a new one would end no later: once its CA is about to end,
 * a timer would restart the node's services day after day. Pure.
 * @param longest days that a new certificate would be good for
 */
export function verdict(found: readonly CertificateFacts[], days: number, longest: number): Verdict {
  const left = Math.min(...found.map(({ daysLeft }) => daysLeft));
  if (found.length === 0) return { due: false, why: "has no certificate" };
  if (left >= days) return { due: false, why: `is good for ${left} days more` };
  if (longest <= left && days !== Infinity)
    return { due: false, why: `is good for ${left} days more, like its CA; replace that: factory secrets rotate ca` };
  return { due: true, why: left < 0 ? "has expired" : `ends in ${left} days` };
}

/**
 * Renews one node after the other, and goes on with the others when one can't be.
 * Throws a UserError with a line for each that was not renewed although it should have been.
 */
export async function renewCertificates(
  deployment: Deployment,
  { nodes, days }: Renewal,
  say: (line: string) => void,
): Promise<void> {
  const ways = new Ways(deployment, say);
  const chosen = inOrderOf(NODE_ROLES, await chosenNodes(deployment, nodes));
  const authorities = await authorityFacts(deployment);
  const longest = Math.min(LEAF_DAYS, authorities[0]?.daysLeft ?? 0);
  const problems: string[] = [];
  for (const node of chosen) {
    await renewOne(deployment, { ways, node, days, longest }, say).catch((error: unknown) => {
      problems.push(`${node.name}: ${messageOf(error).replace(`${node.name}: `, "")}`);
    });
  }
  if (problems.length > 0) throw new UserError(problems.join("\n"));
}

interface RenewOne {
  readonly ways: Ways;
  readonly node: FactoryNode;
  readonly days: number;
  readonly longest: number;
}

async function renewOne(
  deployment: Deployment,
  { ways, node, days, longest }: RenewOne,
  say: (line: string) => void,
): Promise<void> {
  const before = await certificatesOf(await ways.to(node));
  const { due, why } = verdict(before, days, longest);
  if (!due) {
    say(`${node.name}: ${why}`);
    return;
  }
  await handOverAgain(deployment, ways, [node], () => undefined, "certificates");
  const after = await certificatesOf(await ways.to(node));
  const same = after.find((one) => before.some(({ serial }) => serial === one.serial));
  if (same)
    throw new UserError(
      `certificate ${same.name} is still the former one; if it is your own, bring a new one (factory.yaml: secrets)`,
    );
  say(`${node.name}: renewed (it ${why}), good for ${Math.min(...after.map(({ daysLeft }) => daysLeft))} days`);
}

async function chosenNodes(deployment: Deployment, wanted: readonly string[]): Promise<readonly FactoryNode[]> {
  const nodes = (await listNodes(deployment)).filter(({ role }) => role !== "build-host");
  if (wanted.length === 0) return nodes;
  return [...new Set(wanted.map((name) => findNode(nodes, name, deployment.config.factory)))];
}
