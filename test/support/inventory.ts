/** Everything that projects hold, of every type of resource that the cloud's services have. */
import { endpoint, type Service } from "../../openstack/catalogue";
import { listAll } from "../../openstack/pages";
import type { Query, Session } from "../../openstack/session";
import * as swift from "../../openstack/swift";
import { memberSession, PROJECTS, REGIONS, type RunProjects } from "./projects";

export interface InventoryItem {
  readonly project: string;
  readonly region: string;
  /** server, port, image, … */
  readonly kind: string;
  readonly id: string;
  readonly name: string;
}

type Item = Readonly<Record<string, unknown>>;
interface Who {
  readonly projectId: string;
  readonly userId: string;
}

/** One type of resource: where it is listed, and what of the listing is the project's own. */
interface Kind {
  readonly kind: string;
  readonly service: Service;
  readonly list: (session: Session, who: Who) => Promise<readonly Item[]>;
}

/** A plain listing. `own` picks what belongs to the project where the service tells of others' too. */
function listing(
  kind: string,
  service: Service,
  path: string | ((who: Who) => string),
  key: string,
  more: { readonly query?: (who: Who) => Query; readonly own?: (item: Item, who: Who) => boolean } = {},
): Kind {
  const list = async (session: Session, who: Who): Promise<readonly Item[]> => {
    const query = more.query?.(who) ?? {};
    const items = await listAll<Item>(session, {
      service,
      path: typeof path === "string" ? path : path(who),
      query,
      key,
    });
    return items.filter((item) => more.own?.(item, who) ?? true);
  };
  return { kind, service, list };
}

const ofProject = { query: ({ projectId }: Who) => ({ project_id: projectId }) };
const owned = (hidden: boolean) => ({
  query: ({ projectId }: Who) => ({ owner: projectId, os_hidden: hidden, limit: 200 }),
  own: (item: Item, { projectId }: Who) => item["owner"] === projectId,
});

/** Barbican pages by offset; this many are asked for at once, and more than these would be an error. */
const MANY = 1000;
function barbican(kind: string, path: string, key: string): Kind {
  const list = async (session: Session): Promise<readonly Item[]> => {
    const query = { limit: MANY, offset: 0 };
    const answer = await session.json<Item>({ service: "key-manager", method: "GET", path, query });
    const items = answer[key] as readonly Item[];
    if (Number(answer["total"]) > items.length) throw new Error(`${path}: more than ${MANY} of them`);
    return items.map((item) => ({ ...item, id: item[`${kind}_ref`] ?? item["secret_ref"] ?? item["container_ref"] }));
  };
  return { kind, service: "key-manager", list };
}

async function objects(session: Session): Promise<readonly Item[]> {
  const found = [];
  for (const { name } of await swift.listContainers(session))
    for (const object of await swift.listObjects(session, name)) found.push({ id: `${name}/${object.name}` });
  return found;
}

export const KINDS: readonly Kind[] = [
  listing("server", "compute", "/servers/detail", "servers"),
  {
    kind: "key pair",
    service: "compute",
    list: async (session) => {
      const listed = { service: "compute", path: "/os-keypairs", key: "keypairs" } as const;
      return (await listAll<{ keypair: Item }>(session, listed)).map(({ keypair }) => keypair);
    },
  },
  listing("server group", "compute", "/os-server-groups", "server_groups"),
  listing("network", "network", "/networks", "networks", ofProject),
  listing("subnet", "network", "/subnets", "subnets", ofProject),
  listing("port", "network", "/ports", "ports", ofProject),
  listing("router", "network", "/routers", "routers", ofProject),
  listing("floating IP", "network", "/floatingips", "floatingips", ofProject),
  listing("security group", "network", "/security-groups", "security_groups", ofProject),
  listing("security group rule", "network", "/security-group-rules", "security_group_rules", ofProject),
  listing("RBAC policy", "network", "/rbac-policies", "rbac_policies", ofProject),
  listing("volume", "block-storage", "/volumes/detail", "volumes"),
  listing("volume snapshot", "block-storage", "/snapshots/detail", "snapshots"),
  listing("volume backup", "block-storage", "/backups/detail", "backups"),
  listing("volume group", "block-storage", "/consistencygroups/detail", "consistencygroups"),
  listing("image", "image", "/images", "images", owned(false)),
  listing("hidden image", "image", "/images", "images", owned(true)),
  { kind: "container", service: "object-store", list: (session) => swift.listContainers(session) },
  { kind: "object", service: "object-store", list: objects },
  barbican("secret", "/secrets", "secrets"),
  barbican("secret container", "/containers", "containers"),
  barbican("order", "/orders", "orders"),
  listing(
    "application credential",
    "identity",
    ({ userId }) => `/users/${userId}/application_credentials`,
    "application_credentials",
  ),
  listing("access rule", "identity", ({ userId }) => `/users/${userId}/access_rules`, "access_rules"),
  listing("EC2 credential", "identity", ({ userId }) => `/users/${userId}/credentials/OS-EC2`, "credentials"),
];

/** Keystone's are the same in every region. */
const ONCE: readonly Service[] = ["identity"];

/** All that the run's three projects hold in both regions. A listing that fails is an error, never an empty one. */
export async function inventory(projects: Pick<RunProjects, "cloudsFile">): Promise<InventoryItem[]> {
  const items: InventoryItem[] = [];
  for (const project of PROJECTS)
    for (const region of REGIONS) items.push(...(await inventoryOf(projects, project, region)));
  return items;
}

async function inventoryOf(
  projects: Pick<RunProjects, "cloudsFile">,
  project: string,
  region: string,
): Promise<InventoryItem[]> {
  const session = memberSession(projects, project, region);
  const token = await session.token();
  const who = { projectId: token.project.id, userId: token.user.id };
  const items: InventoryItem[] = [];
  for (const { kind, service, list } of KINDS) {
    if (ONCE.includes(service) ? region !== REGIONS[0] : !offers(token.catalogue, service, region)) continue;
    for (const item of await list(session, who)) {
      const name = text(item["name"]) ?? text(item["description"]) ?? "";
      items.push({ project, region, kind, id: text(item["id"]) ?? name, name: name || describe(item) });
    }
  }
  return items;
}

/** Whether a service has an endpoint in a region at all: most of the local cloud's have one in RegionOne only. */
function offers(catalogue: Parameters<typeof endpoint>[0], service: Service, region: string): boolean {
  try {
    endpoint(catalogue, { service, region, interface: "public" });
    return true;
  } catch {
    return false;
  }
}

/** What tells people something about a nameless thing. */
function describe(item: Item): string {
  const fields = ["direction", "protocol", "port_range_min", "floating_ip_address", "service", "method", "path"];
  return fields.flatMap((field) => text(item[field]) ?? []).join(" ");
}

const text = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" ? String(value) || undefined : undefined;
