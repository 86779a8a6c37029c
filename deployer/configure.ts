/** `factory internal configure`: brings a node of the factory into the state that the configuration wants. */
import { createHash } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { NodeRole } from "../model/naming";
import { rebuildServer } from "../openstack/nova";
import { waitForActive } from "../openstack/nova-wait";
import { waitForFirstBoot } from "./cloud-init";
import type { Deployment } from "./deployment";
import { give } from "./give";
import { waitForHealth } from "./health";
import { nodeById, Ways, type FactoryNode } from "./nodes";
import { ROLE_HANDOVERS } from "./roles";
import type { RoleContext } from "./roles/role";
import { openSecrets } from "./secrets";
import type { SshHost } from "./ssh";
import { messageOf, UserError } from "./user-error";

/** Milliseconds: packages are installed at the first boot, in emulation if need be. */
const FIRST_BOOT = 20 * 60_000;
const REBUILD = 10 * 60_000;
/** Milliseconds that a role may take until its own checks pass. */
const HEALTH = 5 * 60_000;

export interface Wanted {
  readonly serverId: string;
  readonly imageId: string;
  /** The text that Nova gives to cloud-init. */
  readonly userData: string;
  /** Rebuild it although nothing differs. */
  readonly replace?: boolean;
}

/** Throws with what cloud-init, a unit or a check says when the node does not come into order. */
export async function configure(deployment: Deployment, wanted: Wanted, say: (line: string) => void): Promise<void> {
  const start = performance.now();
  const node = await nodeById(deployment, wanted.serverId);
  const ways = new Ways(deployment, say);
  let host = await ways.to(node);
  const why = await outdated(host, node, wanted);
  if (why !== undefined) {
    say(`${node.name}: is rebuilt, ${why}; its address and its volume stay`);
    await host.disconnect();
    host = await ways.toRebuilt(await rebuild(deployment, node, wanted));
  }
  await waitForFirstBoot(host, { timeout: FIRST_BOOT });
  await handOver(deployment, node, host);
  const checks = await waitForHealth(host, HEALTH);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  say(`${node.name}: in order at ${node.publicAddress ?? node.address} after ${seconds} s, ${checks} checks passed`);
}

/** Gives a node the secrets, certificates and files of its role, and starts it. */
export async function handOver(deployment: Deployment, node: FactoryNode, host: SshHost): Promise<void> {
  if (node.role === "build-host" || ROLE_HANDOVERS[node.role].length === 0) return;
  const secrets = openSecrets(deployment);
  const context: RoleContext = { deployment, node, secrets, authority: () => secrets.authority() };
  for (const handover of ROLE_HANDOVERS[node.role satisfies NodeRole]) await give(host, await handover(context));
}

/** Why the node has to be rebuilt; undefined when it runs what it should. */
async function outdated(
  host: SshHost,
  { server }: FactoryNode,
  { imageId, userData, replace = false }: Wanted,
): Promise<string | undefined> {
  if (replace) return "as asked for";
  if (server.image !== "" && server.image.id !== imageId) return "its image has changed";
  await waitForFirstBoot(host, { timeout: FIRST_BOOT });
  const running = await host.asRoot("sha256sum </var/lib/cloud/instance/user-data.txt");
  const wanted = createHash("sha256").update(userData).digest("hex");
  return running.startsWith(wanted) ? undefined : "its role has changed";
}

/** Nova shuts the node down before it takes its root disk away: its volume is unmounted cleanly. */
async function rebuild(deployment: Deployment, node: FactoryNode, wanted: Wanted): Promise<FactoryNode> {
  const session = deployment.project(node.project);
  const { serverId, imageId, userData } = wanted;
  await rebuildServer(session, serverId, { imageId, userData });
  try {
    const server = await waitForActive(session, serverId, { timeout: REBUILD, interval: 1000 });
    return { ...node, server };
  } catch (error) {
    throw new UserError(`${node.name}: was not rebuilt: ${messageOf(error)}`);
  }
}
