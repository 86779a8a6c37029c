/** Finds and removes what a build's tests left in the cloud: by tag and name, whoever made it, whenever. */
import * as neutron from "../../openstack/neutron";
import * as nova from "../../openstack/nova";
import { waitForServerGone } from "../../openstack/nova-wait";
import type { Session } from "../../openstack/session";
import { names, tags } from "../../model/naming";
import type { BuildPlan } from "../../model/plan";

/** How long Nova may take to remove an instance, milliseconds: well within what systemd gives `after` (TimeoutStopSec). */
const GONE_WITHIN = 80_000;

export interface Swept {
  readonly servers: number;
  readonly ports: number;
  readonly keyPairs: number;
}

/**
 * Removes the build's temporary instances, ports and key pairs. The build host carries the same tags: the name tells
 * them apart. An error of a listing throws, it is never taken for "nothing there".
 */
export async function sweepTemporary(
  session: Session,
  plan: Pick<BuildPlan, "factory" | "build" | "image">,
  signal?: AbortSignal,
): Promise<Swept> {
  const name = names.testInstance(plan.build);
  const tag = tags({ factory: plan.factory, image: plan.image.name, build: plan.build });
  const servers = await nova.listServers(session, { tags: tag, name });
  for (const server of servers) await nova.deleteServer(session, server.id);
  for (const server of servers) {
    await waitForServerGone(session, server.id, { timeout: GONE_WITHIN, interval: 1000, signal });
  }
  const ports = await neutron.list(session, "ports", { tags: tag, name });
  for (const port of ports) await neutron.remove(session, "ports", port.id);
  const keyPairs = (await nova.deleteKeyPair(session, name)) ? 1 : 0;
  return { servers: servers.length, ports: ports.length, keyPairs };
}

/** "1 instance, 1 port, 1 key pair", or "nothing". */
export function sweptText({ servers, ports, keyPairs }: Swept): string {
  const counted = ([count, what]: readonly [number, string]): string => `${count} ${what}${count === 1 ? "" : "s"}`;
  const parts = (
    [
      [servers, "instance"],
      [ports, "port"],
      [keyPairs, "key pair"],
    ] as const
  ).filter(([count]) => count > 0);
  return parts.map(counted).join(", ") || "nothing";
}
