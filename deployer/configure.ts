/** `factory internal configure`: brings a node of the factory into the state that the configuration wants. */
import { createHash } from "node:crypto";
import { performance } from "node:perf_hooks";
import { rebuildServer, type Server } from "../openstack/nova";
import { ServerFailure, waitForActive } from "../openstack/nova-wait";
import { firstBootFailed, waitForFirstBoot } from "./cloud-init";
import type { Deployment } from "./deployment";
import { give } from "./give";
import { waitForHealth } from "./health";
import { nodeById, Ways, type FactoryNode } from "./nodes";
import { ROLE_HANDOVERS } from "./roles";
import type { RoleContext } from "./roles/role";
import { openSecrets } from "./secrets";
import { waitForSsh, type SshHost } from "./ssh";
import { messageOf, UserError } from "./user-error";

/** Milliseconds: packages are installed at the first boot, in emulation if need be. */
const FIRST_BOOT = 20 * 60_000;
const REBUILD = 10 * 60_000;

export interface Wanted {
  readonly serverId: string;
  readonly imageId: string;
  /** The text that Nova gives to cloud-init. */
  readonly userData: string;
  /** Rebuild it although nothing differs, if it still is the one of this launch (Nova's launched_at). */
  readonly replace?: string | undefined;
  /** A check that may fail: what it needs comes after this node. */
  readonly tolerate?: string | undefined;
}

/** Throws with what cloud-init, a unit or a check says when the node does not come into order. */
export async function configure(deployment: Deployment, wanted: Wanted, say: (line: string) => void): Promise<void> {
  const start = performance.now();
  const { node, host } = await current(deployment, wanted, say);
  await waitForFirstBoot(host, { timeout: FIRST_BOOT });
  await handOver(deployment, node, host);
  const checks = await waitForHealth(host, { tolerate: wanted.tolerate });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const at = node.publicAddress ?? node.address;
  say(`${node.name}: in order at ${at} after ${seconds} s, ${checks.filter(({ ok }) => ok).length} checks passed`);
  for (const { ok, told, detail } of checks)
    if (told === true || !ok) say(`${node.name}: ${ok ? "" : "not yet: "}${detail}`);
}

/** Gives a node the secrets, certificates and files of its role, or `only` some, and starts it. */
export async function handOver(
  deployment: Deployment,
  node: FactoryNode,
  host: SshHost,
  only?: RoleContext["only"],
): Promise<void> {
  if (node.role === "build-host") return;
  const secrets = openSecrets(deployment);
  const context: RoleContext = { deployment, node, secrets, authority: () => secrets.authority(), only };
  for (const handover of ROLE_HANDOVERS[node.role]) await give(host, await handover(context));
}

/** The node with the image and the user data that it is to have, rebuilt where it has others, and a way to it. */
async function current(
  deployment: Deployment,
  wanted: Wanted,
  say: (line: string) => void,
): Promise<{ readonly node: FactoryNode; readonly host: SshHost }> {
  const ways = new Ways(deployment, say);
  const found = await nodeById(deployment, wanted.serverId);
  const midway = isRebuilding(found.server);
  if (midway) say(`${found.name}: is being rebuilt already, by a deploy that was interrupted`);
  const node = midway ? await settled(deployment, found) : found;
  let why = standing(node.server, wanted);
  if (why === undefined) {
    const host = midway ? await ways.toRebuilt(node) : await ways.to(node);
    why = await running(host, wanted);
    if (why === undefined) return { node, host };
  }
  say(`${node.name}: is rebuilt, ${why}; its address and its volume stay`);
  await ways.leave(node);
  const rebuilt = await rebuild(deployment, node, wanted);
  return { node: rebuilt, host: await ways.toRebuilt(rebuilt) };
}

function isRebuilding(server: Server): boolean {
  return server.status === "REBUILD" || (server["OS-EXT-STS:task_state"] ?? "").startsWith("rebuild");
}

/** The node once Nova is done with it. A rebuild that failed is told by the state that it left, and begun again. */
async function settled(deployment: Deployment, node: FactoryNode): Promise<FactoryNode> {
  const session = deployment.project(node.project);
  await waitForActive(session, node.server.id, { timeout: REBUILD, interval: 1000 }).catch((error: unknown) => {
    if (!(error instanceof ServerFailure)) throw error;
  });
  return nodeById(deployment, node.server.id);
}

/** Why the node has to be rebuilt, as Nova tells it; undefined when nothing says so. */
function standing(server: Server, { imageId, replace }: Wanted): string | undefined {
  if (replace !== undefined && replace === server["OS-SRV-USG:launched_at"]) return "as asked for";
  if (server.status === "ERROR") return `it is in ERROR (${server.fault?.message ?? "no fault given"})`;
  return server.image !== "" && server.image.id !== imageId ? "its image has changed" : undefined;
}

/** Why the node has to be rebuilt, as it tells itself; undefined when it runs what it should. */
async function running(host: SshHost, { userData }: Wanted): Promise<string | undefined> {
  await waitForSsh(host, { timeout: FIRST_BOOT });
  // It may have failed for want of what is deployed now.
  if (await firstBootFailed(host)) return "its first boot failed";
  const sum = await host.asRoot("sha256sum </var/lib/cloud/instance/user-data.txt");
  return sum.startsWith(createHash("sha256").update(userData).digest("hex")) ? undefined : "its role has changed";
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
