/** Networks, ports, security groups, floating IPs, quotas. */
import { listAll } from "./pages";
import type { Query, Session } from "./session";

export interface Network {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly subnets: readonly string[];
  readonly tags: readonly string[];
  readonly project_id: string;
  readonly "router:external": boolean;
  readonly mtu?: number;
}
export interface Subnet {
  readonly id: string;
  readonly name: string;
  readonly network_id: string;
  readonly cidr: string;
  readonly gateway_ip: string | null;
  readonly tags: readonly string[];
}
export interface Port {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly network_id: string;
  readonly mac_address: string;
  readonly fixed_ips: readonly { readonly ip_address: string; readonly subnet_id: string }[];
  readonly device_id: string;
  readonly device_owner: string;
  readonly security_groups: readonly string[];
  readonly tags: readonly string[];
}
export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly tags: readonly string[];
}
export interface FloatingIp {
  readonly id: string;
  readonly floating_ip_address: string;
  readonly fixed_ip_address: string | null;
  readonly port_id: string | null;
  readonly status: string;
  readonly tags: readonly string[];
}
export interface Router {
  readonly id: string;
  readonly name: string;
  readonly tags: readonly string[];
}

interface Resources {
  readonly networks: Network;
  readonly subnets: Subnet;
  readonly ports: Port;
  readonly "security-groups": SecurityGroup;
  readonly floatingips: FloatingIp;
  readonly routers: Router;
}
export type NeutronResource = keyof Resources;

export interface NeutronFilter {
  readonly name?: string;
  /** All of them. */
  readonly tags?: readonly string[];
  /** Further fields with exactly these values: network_id, device_id, port_id, router:external, … */
  readonly fields?: Readonly<Record<string, string | boolean>>;
}

/** Everything of a kind that fits: `list(session, "ports", {tags})`. */
export async function list<R extends NeutronResource>(
  session: Session,
  resource: R,
  filter: NeutronFilter = {},
): Promise<Resources[R][]> {
  const { name, tags, fields } = filter;
  const query: Query = { ...fields, name, tags: tags?.length ? tags.join(",") : undefined };
  const key = resource.replace("-", "_");
  const found = await listAll<Resources[R]>(session, { service: "network", path: `/${resource}`, query, key });
  // A cloud without the tag extension for a resource answers with everything.
  return found.filter((one) => (tags ?? []).every((tag) => one.tags.includes(tag)));
}

/** The one with this name; throws when there is none or more than one. */
export async function oneByName<R extends NeutronResource>(
  session: Session,
  resource: R,
  name: string,
): Promise<Resources[R]> {
  const found = await list(session, resource, { name });
  const [one] = found;
  if (one && found.length === 1) return one;
  const problem = one ? `${found.length} of them have this name; rename all but one` : "there is none";
  throw new Error(`${session.cloud}: ${resource} "${name}": ${problem}`);
}

export interface NewPort {
  readonly name: string;
  readonly networkId: string;
  readonly securityGroupIds: readonly string[];
  readonly tags: readonly string[];
}

/** A port with its tags; when the tags can't be set there is no port either. */
export async function createPort(session: Session, port: NewPort): Promise<Port> {
  const { name, networkId, securityGroupIds, tags } = port;
  const json = { port: { name, network_id: networkId, security_groups: securityGroupIds } };
  const answer = await session.json<{ port: Port }>({ service: "network", method: "POST", path: "/ports", json });
  const { id } = answer.port;
  try {
    await setTags(session, "ports", id, tags);
  } catch (error) {
    await remove(session, "ports", id);
    throw error;
  }
  return { ...answer.port, tags };
}

/** Replaces all tags of a resource. */
export async function setTags(
  session: Session,
  resource: NeutronResource,
  id: string,
  tags: readonly string[],
): Promise<void> {
  await session.request({ service: "network", method: "PUT", path: `/${resource}/${id}/tags`, json: { tags } });
}

/** The resource, or undefined when there is none with this id. */
export async function get<R extends NeutronResource>(
  session: Session,
  resource: R,
  id: string,
): Promise<Resources[R] | undefined> {
  const path = `/${resource}/${id}`;
  const answer = await session.request({ service: "network", method: "GET", path, expect: [200, 404] });
  if (answer.status === 404) return undefined;
  return (answer.json as Record<string, Resources[R]>)[resource.replace("-", "_").replace(/s$/, "")];
}

/** True when it was there. */
export async function remove(session: Session, resource: NeutronResource, id: string): Promise<boolean> {
  const path = `/${resource}/${id}`;
  const answer = await session.request({ service: "network", method: "DELETE", path, expect: [202, 204, 404] });
  return answer.status !== 404;
}

/** Per resource (network, port, security_group, floatingip, router, …); `limit` -1: none. */
export type NetworkQuotas = Readonly<
  Record<string, { readonly used: number; readonly limit: number; readonly reserved: number }>
>;

export async function networkQuotas(session: Session): Promise<NetworkQuotas> {
  const { project } = await session.token();
  const path = `/quotas/${project.id}/details.json`;
  return (await session.json<{ quota: NetworkQuotas }>({ service: "network", method: "GET", path })).quota;
}
