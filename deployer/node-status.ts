/** The nodes of the factory and what each says of itself, all at once and bounded in time. */
import { names, type NodeRole as FactoryRole } from "../model/naming";
import type { Deployment } from "./deployment";
import { health, type HealthCheck } from "./health";
import { Ways, type FactoryNode, type NodeRole } from "./nodes";
import { messageOf } from "./user-error";

export interface NodeStatus {
  readonly name: string;
  readonly role: NodeRole;
  /** Nova's; MISSING for a node that the configuration wants and that is not there. */
  readonly status: string;
  readonly address: string;
  readonly publicAddress?: string | undefined;
  /** What it says of itself; one failed check when it does not answer. None of build hosts, which their builds watch. */
  readonly checks: readonly HealthCheck[];
}

/** Milliseconds for the whole answer of a node. */
const ANSWER = 60_000;
/** Milliseconds for a node's console where its host keys are not known yet. */
export const CONSOLE_WAIT = 20_000;

/** What these nodes, and those that are missing, are like, sorted by name; none where the factory is not deployed. */
export async function nodeStatuses(deployment: Deployment, nodes: readonly FactoryNode[]): Promise<NodeStatus[]> {
  if (nodes.every(({ role }) => role === "build-host")) return nodes.map((node) => statusOf(node, []));
  const ways = new Ways(deployment, undefined, CONSOLE_WAIT);
  const isWayIn = ({ role }: FactoryNode): boolean => role === "jump-host";
  // The way in first: all others then share its connection.
  const found = [
    ...(await Promise.all(nodes.filter(isWayIn).map((node) => look(ways, node)))),
    ...(await Promise.all(nodes.filter((node) => !isWayIn(node)).map((node) => look(ways, node)))),
  ];
  const missing = expectedNodes(deployment.config).filter(({ name }) => nodes.every((node) => node.name !== name));
  return [...found, ...missing.map(absent)].sort((a, b) => a.name.localeCompare(b.name));
}

async function look(ways: Ways, node: FactoryNode): Promise<NodeStatus> {
  if (node.role === "build-host") return statusOf(node, []);
  if (node.server.status !== "ACTIVE") return statusOf(node, [failed("server", `is ${node.server.status}`)]);
  try {
    return statusOf(node, await health(await ways.to(node), ANSWER));
  } catch (error) {
    return statusOf(node, [failed("ssh", messageOf(error))]);
  }
}

function statusOf({ name, role, server, address, publicAddress }: FactoryNode, checks: readonly HealthCheck[]) {
  return { name, role, status: server.status, address, ...(publicAddress !== undefined && { publicAddress }), checks };
}

function absent({ name, role }: { readonly name: string; readonly role: FactoryRole }): NodeStatus {
  const detail = "is not there: cdktf deploy factory";
  return { name, role, status: "MISSING", address: "", checks: [failed("server", detail)] };
}

const failed = (name: string, detail: string): HealthCheck => ({ name, ok: false, detail });

/** The nodes that a configuration wants. Pure. */
export function expectedNodes({
  factory,
  nodes,
}: Deployment["config"]): readonly { readonly name: string; readonly role: FactoryRole }[] {
  const counts: Readonly<Record<FactoryRole, number>> = {
    "jump-host": nodes.jumpHost.count,
    "nfs-server": 1,
    controller: nodes.controller ? 1 : 0,
    "directory-replica": nodes.directoryReplica?.count ?? 0,
    "web-server": nodes.webServer?.count ?? 0,
    publisher: nodes.publisher ? 1 : 0,
  };
  return (Object.entries(counts) as [FactoryRole, number][]).flatMap(([role, count]) =>
    names.nodes(factory, role, count).map((name) => ({ name, role })),
  );
}
