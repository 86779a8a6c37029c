import { list } from "../openstack/neutron";
import type { Session } from "../openstack/session";

/** A server's floating IP as Neutron has it: Nova, which keeps a copy, tells of a new one only a while later. */
export async function publicAddressOf(session: Session, serverId: string): Promise<string | undefined> {
  for (const { id } of await list(session, "ports", { fields: { device_id: serverId } })) {
    const [found] = await list(session, "floatingips", { fields: { port_id: id } });
    if (found) return found.floating_ip_address;
  }
  return undefined;
}
