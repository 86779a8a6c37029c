/** Servers that are booted for what Nova makes of their image alone. */
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import * as neutron from "../../../openstack/neutron";
import { createServer, deleteServer, flavorByName } from "../../../openstack/nova";
import { waitForActive, waitForServerGone } from "../../../openstack/nova-wait";
import type { Session } from "../../../openstack/session";

const MINUTE = 60_000;

/** Id of a network with a subnet. */
export async function makeNetwork(session: Session, cidr: string): Promise<string> {
  const make = async (resource: string, json: object): Promise<string> => {
    const request = {
      service: "network",
      method: "POST",
      path: `/${resource}s`,
      json: { [resource]: json },
    } as const;
    return Object.values(await session.json<Record<string, { readonly id: string }>>(request))[0]!.id;
  };
  const id = await make("network", { name: "verified" });
  await make("subnet", { name: "verified", network_id: id, ip_version: 4, cidr });
  return id;
}

export async function removeNetwork(session: Session, id: string): Promise<void> {
  await neutron.remove(session, "networks", id);
}

/** Boots it, and takes it away again. Throws what Nova says when it refuses. */
export async function bootOnce(
  session: Session,
  { imageId, network }: { readonly imageId: string; readonly network: string },
): Promise<string> {
  const { id } = await createServer(session, {
    name: "verified",
    flavorId: (await flavorByName(session, "m1.tiny")).id,
    imageId,
    zone: "qemu",
    networks: [{ uuid: network }],
  });
  try {
    return (await waitForActive(session, id, { timeout: 5 * MINUTE })).status;
  } finally {
    await deleteServer(session, id);
    await waitForServerGone(session, id, { timeout: 2 * MINUTE });
  }
}

/**
 * Nova tells its users only that no host would do; its log tells why.
 * @param state of the cloud
 * @param boot has to fail
 */
export async function refusal(state: string, boot: () => Promise<string>): Promise<string> {
  const log = path.join(state, "log", "nova-compute-qemu.log");
  const before = statSync(log).size;
  await expect(boot()).rejects.toThrow(/is in ERROR/);
  return readFileSync(log).subarray(before).toString();
}
