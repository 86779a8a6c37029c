/** `factory backup`, `factory backups`, `factory restore`: nodes' state in the bucket, and back. */
import { BACKUP, backedUpNodes, backupsIn, type Backup } from "../model/backup";
import { headContainer, listObjects } from "../openstack/swift";
import type { Deployment } from "./deployment";
import { waitForHealth } from "./health";
import { findNode, listNodes, Ways, type FactoryNode } from "./nodes";
import { quote } from "./shell";
import type { SshHost } from "./ssh";
import { messageOf, UserError } from "./user-error";

/** Milliseconds that the units may take. */
const UNIT = 65 * 60_000;

/** All backups in the bucket, by node and then the newest first; also those of nodes that are gone. */
export async function listBackups(deployment: Deployment): Promise<Backup[]> {
  const session = deployment.project("production");
  const bucket = deployment.config.buckets.backups;
  return (await headContainer(session, bucket)) ? backupsIn(await listObjects(session, bucket)) : [];
}

/**
 * Backs up nodes now, one after the other; none named means all that have backups. Throws a UserError with a line for
 * each that could not be.
 */
export async function backUp(
  deployment: Deployment,
  wanted: readonly string[],
  say: (line: string) => void,
): Promise<void> {
  const nodes = await listNodes(deployment);
  const chosen =
    wanted.length === 0 ? allWithBackups(deployment, nodes) : wanted.map((name) => one(deployment, nodes, name));
  const ways = new Ways(deployment, say);
  const problems: string[] = [];
  for (const node of chosen) {
    try {
      say(`${node.name}: ${await runUnit(await ways.to(node), BACKUP.make)}`);
    } catch (error) {
      problems.push(`${node.name}: ${messageOf(error).replace(`${node.name}: `, "")}`);
    }
  }
  if (problems.length > 0) throw new UserError(problems.join("\n"));
}

export interface Restoration {
  readonly node: FactoryNode;
  readonly backup: Backup;
}

/** What would be restored: a node, and its newest backup or the one of this stamp. Throws a UserError with those there are. */
export async function chooseRestoration(
  deployment: Deployment,
  name: string,
  stamp: string | undefined,
): Promise<Restoration> {
  const node = one(deployment, await listNodes(deployment), name);
  const backups = (await listBackups(deployment)).filter((backup) => backup.node === node.name);
  const backup = stamp === undefined ? backups[0] : backups.find((each) => each.stamp === stamp);
  if (backup) return { node, backup };
  const known = backups.map((each) => each.stamp).join(", ") || "none";
  throw new UserError(
    `${node.name}: has no ${stamp === undefined ? "backup" : `backup ${stamp}`}; there are: ${known}`,
  );
}

/** Puts a backup in the place of a node's state, and waits until the node is in order with it. */
export async function restore(
  deployment: Deployment,
  { node, backup }: Restoration,
  say: (line: string) => void,
): Promise<void> {
  const host = await new Ways(deployment, say).to(node);
  say(`${node.name}: ${await runUnit(host, BACKUP.restore(backup.stamp))}`);
  const checks = await waitForHealth(host);
  say(`${node.name}: in order, ${checks.length} checks passed`);
}

function allWithBackups({ config }: Deployment, nodes: readonly FactoryNode[]): FactoryNode[] {
  const named = backedUpNodes(config);
  const found = nodes.filter(({ name }) => named.includes(name));
  if (found.length > 0) return found;
  throw new UserError(
    named.length === 0
      ? "no node of this factory has backups: it has neither a controller nor a directory of its own"
      : `there is no node ${named.join(" or ")}: cdktf deploy factory`,
  );
}

function one({ config }: Deployment, nodes: readonly FactoryNode[], name: string): FactoryNode {
  const node = findNode(nodes, name, config.factory);
  const named = backedUpNodes(config);
  if (named.includes(node.name)) return node;
  throw new UserError(`${node.name}: has no backups; these nodes do: ${named.join(", ") || "none"}`);
}

/** Starts a unit and waits for its end; gives what the program said last. Throws with that when it failed. */
async function runUnit(host: SshHost, unit: string): Promise<string> {
  const said = `journalctl --quiet --output cat --lines 1 --identifier factory-backup`;
  const answer = await host.asRoot(
    `set -u; test -e /etc/credstore.encrypted/${BACKUP.access} || { echo "it was handed over nothing for backups: cdktf deploy factory" >&2; exit 1; }
     systemctl reset-failed ${quote(unit)} 2>/dev/null; if systemctl start ${quote(unit)}; then ${said}; else ${said} >&2; exit 1; fi`,
    { timeout: UNIT },
  );
  return answer.trim();
}
