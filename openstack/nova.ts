/** Servers, key pairs, flavors, limits. */
import type { Session, RequestOptions } from "./session";
import { listAll } from "./pages";

/** The oldest microversion with all that is used here: tags at create (2.52) and in listings (2.26). */
const MICROVERSION = { "openstack-api-version": "compute 2.60", "x-openstack-nova-api-version": "2.60" };

export interface Server {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly created: string;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Empty for a server that boots from a volume. */
  readonly image: { readonly id: string } | "";
  readonly addresses: Readonly<
    Record<string, readonly { readonly addr: string; readonly version: 4 | 6; readonly "OS-EXT-IPS:type": string }[]>
  >;
  readonly key_name: string | null;
  readonly "OS-EXT-STS:task_state": string | null;
  readonly "OS-EXT-AZ:availability_zone": string;
  /** When it last began to run from a new root disk, in UTC; null before. */
  readonly "OS-SRV-USG:launched_at"?: string | null;
  readonly fault?: { readonly code: number; readonly message: string };
}

export interface NewServer {
  readonly name: string;
  readonly flavorId: string;
  readonly imageId: string;
  /** Availability zone. */
  readonly zone?: string;
  /** Ports made before, or networks that Nova makes a port in. */
  readonly networks: readonly ({ readonly port: string } | { readonly uuid: string })[];
  readonly keyName?: string;
  /** Names; only for ports that Nova makes. */
  readonly securityGroups?: readonly string[];
  /** As cloud-init reads it; encoded here. */
  readonly userData?: string | Buffer;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly tags?: readonly string[];
  readonly configDrive?: boolean;
}

export interface Flavor {
  readonly id: string;
  readonly name: string;
  readonly vcpus: number;
  /** MiB */
  readonly ram: number;
  /** GiB */
  readonly disk: number;
}

export interface ComputeLimits {
  /** -1: no limit. */
  readonly instances: { readonly used: number; readonly max: number };
  readonly cores: { readonly used: number; readonly max: number };
  readonly ramMiB: { readonly used: number; readonly max: number };
  readonly keyPairs: { readonly max: number };
}

export interface KeyPair {
  readonly name: string;
  readonly public_key: string;
  readonly fingerprint: string;
}

const compute = (options: Omit<RequestOptions, "service">): RequestOptions => ({
  ...options,
  service: "compute",
  headers: { ...MICROVERSION, ...options.headers },
});

/** Asks for a server; it is being built when this returns. Not repeated: a lost answer may have made one. */
export async function createServer(session: Session, server: NewServer): Promise<{ readonly id: string }> {
  const json = {
    server: {
      name: server.name,
      flavorRef: server.flavorId,
      imageRef: server.imageId,
      networks: server.networks,
      ...(server.zone !== undefined && { availability_zone: server.zone }),
      ...(server.keyName !== undefined && { key_name: server.keyName }),
      ...(server.securityGroups && { security_groups: server.securityGroups.map((name) => ({ name })) }),
      ...(server.userData !== undefined && { user_data: Buffer.from(server.userData).toString("base64") }),
      ...(server.metadata && { metadata: server.metadata }),
      ...(server.tags && { tags: server.tags }),
      ...(server.configDrive !== undefined && { config_drive: server.configDrive }),
    },
  };
  const answer = await session.json<{ server: { id: string } }>(compute({ method: "POST", path: "/servers", json }));
  return { id: answer.server.id };
}

/** The server, or undefined when there is none with this id. */
export async function getServer(session: Session, id: string): Promise<Server | undefined> {
  const answer = await session.request(compute({ method: "GET", path: `/servers/${id}`, expect: [200, 404] }));
  return answer.status === 404 ? undefined : (answer.json as { server: Server }).server;
}

/** Servers that carry all of these tags and have exactly this name, as far as given. */
export async function listServers(
  session: Session,
  filter: {
    readonly tags?: readonly string[];
    readonly name?: string;
    /** Id of the image that they run. */
    readonly image?: string;
    /** An administrator's: of everybody. */
    readonly allProjects?: boolean;
  } = {},
): Promise<Server[]> {
  const { tags, name, image, allProjects } = filter;
  const query = {
    image,
    ...(allProjects === true && { all_tenants: "1" }),
    ...(tags && tags.length > 0 && { tags: tags.join(",") }),
    // Nova takes the name for a regular expression.
    ...(name !== undefined && { name: `^${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$` }),
  };
  const path = "/servers/detail";
  const servers = await listAll<Server>(session, {
    service: "compute",
    path,
    query,
    key: "servers",
    headers: MICROVERSION,
  });
  // A cloud that drops a filter it doesn't know answers with everything.
  return servers.filter(
    (server) => (name === undefined || server.name === name) && (tags ?? []).every((tag) => server.tags.includes(tag)),
  );
}

/** True when it was there. It is gone only when `waitForServerGone` says so. */
export async function deleteServer(session: Session, id: string): Promise<boolean> {
  const options = compute({ method: "DELETE", path: `/servers/${id}`, expect: [204, 404] });
  return (await session.request(options)).status === 204;
}

/**
 * Gives the server a new root disk from an image, with other user data; its id, ports and volumes stay. It is being
 * rebuilt when this returns.
 */
export async function rebuildServer(
  session: Session,
  id: string,
  { imageId, userData }: { readonly imageId: string; readonly userData: string | Buffer },
): Promise<void> {
  const json = { rebuild: { imageRef: imageId, user_data: Buffer.from(userData).toString("base64") } };
  await session.request(compute({ method: "POST", path: `/servers/${id}/action`, json }));
}

/** The console's text, as far as Nova still has it; `lines` counts from the end. */
export async function consoleOutput(session: Session, id: string, lines?: number): Promise<string> {
  const json = { "os-getConsoleOutput": lines === undefined ? {} : { length: lines } };
  const options = compute({ method: "POST", path: `/servers/${id}/action`, json, retry: true });
  return (await session.json<{ output: string }>(options)).output;
}

/** The flavor with this name; throws with the names that there are. */
export async function flavorByName(session: Session, name: string): Promise<Flavor> {
  const flavors = await listFlavors(session);
  const found = flavors.find((flavor) => flavor.name === name);
  if (found) return found;
  const known = flavors.map((flavor) => flavor.name).join(", ");
  throw new Error(`${session.cloud}: no flavor "${name}"; there are: ${known || "none"}`);
}

export function listFlavors(session: Session): Promise<Flavor[]> {
  return listAll(session, { service: "compute", path: "/flavors/detail", key: "flavors", headers: MICROVERSION });
}

/** Names of the availability zones that take servers now. */
export async function listZones(session: Session): Promise<string[]> {
  interface Zones {
    availabilityZoneInfo: { zoneName: string; zoneState: { available: boolean } }[];
  }
  const zones = await session.json<Zones>(compute({ method: "GET", path: "/os-availability-zone" }));
  return zones.availabilityZoneInfo.filter((zone) => zone.zoneState.available).map((zone) => zone.zoneName);
}

export async function computeLimits(session: Session): Promise<ComputeLimits> {
  const { limits } = await session.json<{ limits: { absolute: Record<string, number> } }>(
    compute({ method: "GET", path: "/limits" }),
  );
  const value = (name: string): number => limits.absolute[name] ?? -1;
  return {
    instances: { used: value("totalInstancesUsed"), max: value("maxTotalInstances") },
    cores: { used: value("totalCoresUsed"), max: value("maxTotalCores") },
    ramMiB: { used: value("totalRAMUsed"), max: value("maxTotalRAMSize") },
    keyPairs: { max: value("maxTotalKeypairs") },
  };
}

export async function createKeyPair(session: Session, name: string, publicKey: string): Promise<KeyPair> {
  const json = { keypair: { name, public_key: publicKey, type: "ssh" } };
  const options = compute({ method: "POST", path: "/os-keypairs", json });
  return (await session.json<{ keypair: KeyPair }>(options)).keypair;
}

export async function listKeyPairs(session: Session): Promise<KeyPair[]> {
  const listing = { service: "compute", path: "/os-keypairs", key: "keypairs", headers: MICROVERSION } as const;
  return (await listAll<{ keypair: KeyPair }>(session, listing)).map((entry) => entry.keypair);
}

/** True when it was there. */
export async function deleteKeyPair(session: Session, name: string): Promise<boolean> {
  const path = `/os-keypairs/${encodeURIComponent(name)}`;
  return (await session.request(compute({ method: "DELETE", path, expect: [202, 204, 404] }))).status !== 404;
}
