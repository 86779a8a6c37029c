/** Names and tags of everything that the factory makes: one constant for creation, clean-up and the reaper. */

/** Carried by every resource of any factory. */
export const OWNER_TAG = "image-factory";

export interface TagFields {
  readonly factory: string;
  readonly image?: string;
  readonly build?: string;
  /** ISO 8601. */
  readonly expires?: string;
}

/** Tags as Neutron and Nova take them: at most 60 characters, neither comma nor slash. */
export function tags(fields: TagFields): string[] {
  const { factory, image, build, expires } = fields;
  return [
    OWNER_TAG,
    `factory=${factory}`,
    ...(image === undefined ? [] : [`image=${image}`]),
    ...(build === undefined ? [] : [`build=${build}`]),
    ...(expires === undefined ? [] : [`expires=${expires}`]),
  ];
}

/** The same as metadata, for what has no tags (volumes, servers' metadata, images' properties). */
export function tagMetadata(fields: TagFields): Record<string, string> {
  const { factory, image, build, expires } = fields;
  return {
    image_factory: factory,
    ...(image !== undefined && { image_factory_image: image }),
    ...(build !== undefined && { image_factory_build: build }),
    ...(expires !== undefined && { image_factory_expires: expires }),
  };
}

/** `<image>-<UTC yyyymmddhhmm>-<4 hex>` */
export const BUILD_ID = /^([a-z0-9][a-z0-9.-]*)-(\d{12})-([0-9a-f]{4})$/;

/** The image and the start (UTC) that a build id tells; throws for what is no build id. */
export function parseBuildId(id: string): { readonly image: string; readonly started: Date } {
  const match = BUILD_ID.exec(id);
  if (!match) throw new Error(`"${id}" is no build id: expected <image>-<yyyymmddhhmm>-<4 hex>`);
  const [, image = "", t = ""] = match;
  const iso = `${t.slice(0, 4)}-${t.slice(4, 6)}-${t.slice(6, 8)}T${t.slice(8, 10)}:${t.slice(10, 12)}:00Z`;
  return { image, started: new Date(iso) };
}

/** The kinds of nodes that live as long as the factory. */
export const NODE_ROLES = [
  "jump-host",
  "nfs-server",
  "controller",
  "directory-replica",
  "web-server",
  "publisher",
] as const;
export type NodeRole = (typeof NODE_ROLES)[number];

/** Tag of a server that says what it is. */
export const roleTag = (role: NodeRole): string => `role=${role}`;

/** What several of a kind are called: the first like an only one, then `-2`, `-3`. */
export const numbered = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${name}${index === 0 ? "" : `-${index + 1}`}`);

/** Names of the factory's own resources: `<factory>-<what>`. */
export const names = {
  node: (factory: string, role: string): string => `${factory}-${role}`,
  /** Names of several nodes of a role. */
  nodes: (factory: string, role: NodeRole, count: number): string[] => numbered(names.node(factory, role), count),
  /** Domain of the names that nodes know each other by. */
  domain: (factory: string): string => `${factory}.internal`,
  /** What joined nodes call the directory: all replicas. */
  directory: (factory: string): string => `directory.${factory}.internal`,
  /** What the web site is called inside the factory; its certificate is made out to it. */
  web: (factory: string): string => `web.${factory}.internal`,
  /** Name of the port or load balancer, and description of the public address, that the web site has. */
  webAddress: (factory: string): string => `${factory}-web`,
  /** Name of the network of project build: the factory's own, or the one that `network.existing` names. */
  network: ({ factory, network }: { readonly factory: string; readonly network: { readonly existing?: string } }) =>
    network.existing ?? factory,
  /** Name of the network of project services. */
  servicesNetwork: (factory: string): string => `${factory}-services`,
  keyPair: (factory: string): string => `${factory}-deployer`,
  /** Terraform's name of what brings a node of this name into order. */
  configured: (factory: string, node: string): string => `${node.slice(factory.length + 1)}-configured`,
  buildStack: (image: string): string => `build-${image}`,
  /** Name of the private image in Glance: the build's id. */
  image: (build: string): string => build,
  /** The volume of a node that holds data: `<node>-data`. */
  dataVolume: (factory: string, role: string): string => `${factory}-${role}-data`,
  testInstance: (build: string): string => `${build}-test`,
} as const;
