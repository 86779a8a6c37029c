/** The factory's nodes: found in the cloud by name, reached by ssh with the keys from their consoles. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { INSIDE } from "../model/agent";
import { NODE_ROLES, names, roleTag, tags, type NodeRole as FactoryRole } from "../model/naming";
import { getServer, listServers, type Server } from "../openstack/nova";
import type { Session } from "../openstack/session";
import type { Deployment, ProjectName } from "./deployment";
import { firstAnswering } from "./first-answering";
import { hostKeysFromConsole, KnownHosts, newOrShownKeys } from "./known-hosts";
import { publicAddressOf } from "./public-address";
import { runtimeDirectory, shortName } from "./runtime-dir";
import { SshHost } from "./ssh";
import { sshConfig, type SshHop } from "./ssh-config";
import { Store } from "./store";
import { UserError } from "./user-error";

export type NodeRole = FactoryRole | "build-host";

export interface FactoryNode {
  readonly server: Server;
  readonly role: NodeRole;
  readonly name: string;
  /** The project that it is in. */
  readonly project: ProjectName;
  /** In its network. */
  readonly address: string;
  /** The jump hosts'. */
  readonly publicAddress?: string | undefined;
  readonly user: string;
}

/** Milliseconds that a console is waited for: a first boot in emulation takes minutes. */
const CONSOLE_WAIT = 10 * 60_000;
/** Milliseconds that it is waited for when the keys from before may still be right. */
const CONSOLE_LOOK = 60_000;

/** Milliseconds that one of several jump hosts is waited for. */
const ANSWER = 20_000;

/** Which part of `nodes` in factory.yaml a role is. */
const KINDS = {
  "jump-host": "jumpHost",
  "nfs-server": "nfsServer",
  controller: "controller",
  "directory-replica": "directoryReplica",
  "web-server": "webServer",
  publisher: "publisher",
  "build-host": "buildHost",
} as const satisfies Record<NodeRole, keyof Deployment["config"]["nodes"]>;

/** What a server is to this factory; undefined when it is no node that one logs in to. */
export function nodeOf(
  deployment: Deployment,
  server: Server,
  project: ProjectName = "build",
): FactoryNode | undefined {
  const role = roleOf(server);
  if (role === undefined) return undefined;
  const own = Object.values(server.addresses).flat();
  const address = own.find((one) => one["OS-EXT-IPS:type"] === "fixed")?.addr;
  const publicAddress = own.find((one) => one["OS-EXT-IPS:type"] === "floating")?.addr;
  if (address === undefined) return undefined;
  const user = deployment.config.nodes[KINDS[role]]?.user ?? "debian";
  return {
    server,
    role,
    name: server.name,
    project,
    address,
    user,
    ...(publicAddress !== undefined && { publicAddress }),
  };
}

function roleOf(server: Server): NodeRole | undefined {
  // A build's temporary instances carry its tag too, but not its name.
  if (server.tags.includes(`build=${server.name}`)) return "build-host";
  return NODE_ROLES.find((role) => server.tags.includes(roleTag(role)));
}

/** The projects that nodes are in, each clouds.yaml entry once. */
export function nodeProjects(deployment: Deployment): { readonly project: ProjectName; readonly session: Session }[] {
  const { projects } = deployment.config;
  return (["build", "services"] as const)
    .filter((project) => project === "build" || projects[project].cloud !== projects.build.cloud)
    .map((project) => ({ project, session: deployment.project(project) }));
}

/** All nodes of the factory that have an address yet. */
export async function listNodes(deployment: Deployment): Promise<FactoryNode[]> {
  const wanted = tags({ factory: deployment.config.factory });
  const found = await Promise.all(
    nodeProjects(deployment).map(async ({ project, session }) =>
      (await listServers(session, { tags: wanted })).flatMap((server) => nodeOf(deployment, server, project) ?? []),
    ),
  );
  return found.flat();
}

/** The node of a server id. Throws a UserError when there is none. */
export async function nodeById(deployment: Deployment, id: string): Promise<FactoryNode> {
  for (const { project, session } of nodeProjects(deployment)) {
    const server = await getServer(session, id);
    const node = server && nodeOf(deployment, server, project);
    if (node) return node;
  }
  throw new UserError(`server ${id}: is no node of factory ${deployment.config.factory}`);
}

/** The node that a person means: its name, its role, or an image whose build host it is. Throws a UserError. */
export function findNode(nodes: readonly FactoryNode[], name: string, factory: string): FactoryNode {
  const exact = nodes.filter((node) => node.name === name || node.name === names.node(factory, name));
  const found = exact.length > 0 ? exact : nodes.filter((node) => node.server.tags.includes(`image=${name}`));
  const [node, other] = found;
  if (node && !other) return node;
  const known = (other ? found : nodes).map((one) => one.name).join(", ");
  throw new UserError(
    `${other ? `"${name}" may mean several nodes` : `there is no node "${name}"`}; there are: ${known || "none"}`,
  );
}

/** Opens ways to nodes; the jump host is looked up once. */
export class Ways {
  private readonly knownHosts: KnownHosts;
  private jump: Promise<FactoryNode> | undefined;
  private nfs: Promise<FactoryNode> | undefined;
  /** Whether this runs on a node of the factory: others are reached straight, the jump hosts too. */
  private readonly inside = process.env[INSIDE] === "1";

  constructor(
    private readonly deployment: Deployment,
    private readonly say: (line: string) => void = () => undefined,
    /** Milliseconds that a node's console is waited for. */
    private readonly consoleWait = CONSOLE_WAIT,
  ) {
    this.knownHosts = new KnownHosts(deployment.home.knownHosts);
  }

  /** A way to a node. Its host keys, and the jump host's, are pinned at the first time. */
  async to(node: FactoryNode): Promise<SshHost> {
    const jump = this.inside || node.role === "jump-host" ? undefined : await this.jumpHost();
    if (jump) await this.pin(jump);
    await this.pin(node, { jump });
    return this.host(node, jump);
  }

  /** The factory's share. Throws a UserError when the factory is not deployed. */
  async store(): Promise<Store> {
    return new Store(await this.to(await this.nfsServer()));
  }

  nfsServer(): Promise<FactoryNode> {
    this.nfs ??= this.nodeByRole("nfs-server");
    return this.nfs;
  }

  /** The way in; where there are several, the first that answers. */
  jumpHost(): Promise<FactoryNode> {
    this.jump ??= this.wayIn();
    return this.jump;
  }

  private async wayIn(): Promise<FactoryNode> {
    const { factory, nodes } = this.deployment.config;
    const all = names.nodes(factory, "jump-host", nodes.jumpHost.count);
    if (all.length === 1) return this.nodeByRole("jump-host");
    const open = async (name: string): Promise<FactoryNode> => {
      const node = await this.nodeNamed(name);
      if (node.server.status !== "ACTIVE") throw new UserError(`${name}: is ${node.server.status}`);
      await this.pin(node);
      await (await this.host(node, undefined)).run("true", { timeout: ANSWER });
      return node;
    };
    return firstAnswering(
      all.map((name) => ({ name, open: () => open(name) })),
      this.say,
    );
  }

  controller(): Promise<FactoryNode> {
    return this.nodeByRole("controller");
  }

  /** Forgets a node that is gone: its pinned keys and its ssh configuration. */
  forget(serverId: string, name: string): void {
    this.knownHosts.forget(serverId);
    rmSync(this.configFile(name), { force: true });
  }

  private configFile(name: string): string {
    return path.join(this.deployment.home.sshHosts, `${name}.conf`);
  }

  private async nodeByRole(role: "jump-host" | "nfs-server" | "controller"): Promise<FactoryNode> {
    return this.nodeNamed(names.node(this.deployment.config.factory, role));
  }

  /** A node of project build. Throws a UserError when there is none of this name, or several. */
  private async nodeNamed(name: string): Promise<FactoryNode> {
    const session = this.deployment.project("build");
    const [server, other] = await listServers(session, { name });
    if (!server) {
      throw new UserError(
        `${session.cloud}: there is no server ${name}: deploy the factory first (cdktf deploy factory)`,
      );
    }
    if (other)
      throw new UserError(
        `${session.cloud}: there are several servers ${name}; remove those that are not the factory's`,
      );
    const node = nodeOf(this.deployment, server);
    if (!node) throw new UserError(`${session.cloud}: ${withoutAddress(server)}`);
    return node;
  }

  /**
   * Takes a node's host keys from its console, unless they are pinned for this life of it. Its console may still tell
   * those from before a rebuild.
   */
  private async pin(
    node: FactoryNode,
    { rebuilt = false, jump }: { readonly rebuilt?: boolean; readonly jump?: FactoryNode | undefined } = {},
  ): Promise<void> {
    const { server } = node;
    const launched = server["OS-SRV-USG:launched_at"] ?? "";
    if (this.knownHosts.has(server.id, launched)) return;
    this.say(`${node.name}: reading its host keys from its console`);
    const before = this.knownHosts.keys(server.id);
    const look = (timeout: number) =>
      hostKeysFromConsole(this.deployment.project(node.project), server, { timeout, unlike: before });
    const shown = async () => void (await (await this.host(node, jump)).run("true", { timeout: ANSWER }));
    const keys =
      before.length === 0 || rebuilt
        ? await look(this.consoleWait)
        : await newOrShownKeys(before, () => look(Math.min(CONSOLE_LOOK, this.consoleWait)), shown);
    this.knownHosts.pin(server, launched, keys);
  }

  /** A way to a node that has just been rebuilt: with other host keys than before. */
  async toRebuilt(node: FactoryNode): Promise<SshHost> {
    await this.pin(node, { rebuilt: true });
    return this.to(node);
  }

  /** Ends the connection to a jump host that all others share: the node is going away. */
  async leave(node: FactoryNode): Promise<void> {
    if (node.role === "jump-host") await (await this.host(node, undefined)).disconnect();
  }

  private async host(node: FactoryNode, jump: FactoryNode | undefined): Promise<SshHost> {
    const { home } = this.deployment;
    const text = sshConfig({
      target: await this.hop(node),
      ...(jump && { jump: await this.hop(jump) }),
      identityFile: home.sshKey,
      controlPath: path.join(runtimeDirectory(), shortName(home.directory, (jump ?? node).server.id)),
    });
    mkdirSync(home.sshHosts, { recursive: true, mode: 0o700 });
    const configFile = this.configFile(node.name);
    const part = `${configFile}.${process.pid}`;
    writeFileSync(part, text, { mode: 0o600 });
    renameSync(part, configFile);
    return new SshHost({ name: node.name, configFile, sudo: node.user !== "root" });
  }

  private async hop(node: FactoryNode): Promise<SshHop> {
    const { name, user, server } = node;
    const address = node.role === "jump-host" && !this.inside ? await this.publicAddress(node) : node.address;
    if (address === undefined) throw new UserError(`${name}: the jump host has no public address (a floating IP)`);
    return { name, address, user, hostKeyAlias: server.id, knownHosts: this.knownHosts.file(server.id) };
  }

  private async publicAddress({ publicAddress, server }: FactoryNode): Promise<string | undefined> {
    return publicAddress ?? publicAddressOf(this.deployment.project("build"), server.id);
  }
}

/** One line for a server that can't be reached yet, with what to do about it. Pure. */
export function withoutAddress({ name, status }: Pick<Server, "name" | "status">): string {
  const remedy =
    status === "BUILD"
      ? "it is still being deployed: wait for the deploy's end, then try again"
      : "deploy the factory again (cdktf deploy factory)";
  return `server ${name} (${status}) has no address yet; ${remedy}`;
}
