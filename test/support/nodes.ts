/** SSH to a factory's nodes as its documentation says: through the jump host, with the pinned host keys and nothing else. */
import { execFile, spawn } from "node:child_process";
import { existsSync, openSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import path from "node:path";
import { quote } from "../../deployer/shell";
import * as neutron from "../../openstack/neutron";
import * as nova from "../../openstack/nova";
import { eventually } from "./eventually";
import type { FactoryRun } from "./factory-run";

export interface SshResult {
  /** ssh's own failures are 255. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface FoundNode {
  readonly id: string;
  readonly name: string;
  /** In its network. */
  readonly address: string;
  readonly floating: string | undefined;
}

/** A person. */
export interface Login {
  readonly user: string;
  /** File of the private key. */
  readonly identity: string;
}

export class Nodes {
  private readonly ways = new Map<string, { readonly config: string }>();

  constructor(private readonly run: FactoryRun) {}

  /** After nodes were made anew. */
  forget(): void {
    this.ways.clear();
  }

  /** The server of this name, in project build or services; throws when there is none. */
  async find(name: string): Promise<FoundNode> {
    for (const session of [this.run.session("build"), this.run.session("services")]) {
      const [server] = await nova.listServers(session, { name });
      if (!server) continue;
      const [port] = await neutron.list(session, "ports", { fields: { device_id: server.id } });
      const address = port?.fixed_ips[0]?.ip_address;
      if (!port || address === undefined) throw new Error(`server ${name} has no address`);
      const [floating] = await neutron.list(session, "floatingips", { fields: { port_id: port.id } });
      return { id: server.id, name, address, floating: floating?.floating_ip_address };
    }
    throw new Error(`there is no server ${name}`);
  }

  /**
   * A command on a node, through the jump host.
   * @param input what it reads from standard input
   */
  async ssh(name: string, command: string, timeout = 60_000, input = ""): Promise<SshResult> {
    const { config } = await this.way(name);
    return ssh(["-F", config, name, command], timeout, input);
  }

  /**
   * A command on a node as somebody else.
   * @param through who goes through the jump host: the deployer, to see what the node itself says; else the same person
   */
  async sshAs(login: Login, name: string, command: string, through: "deployer" | "same" = "same"): Promise<SshResult> {
    const jump = await this.find(`${this.run.factory}-jump-host`);
    const target = name === jump.name ? jump : await this.find(name);
    const config = path.join(this.run.directory, `ssh-${login.user}-${target.id}`);
    const text = this.configuration(jump, target, login, through === "same" ? login : this.deployer);
    writeFileSync(config, text, { mode: 0o600 });
    return ssh(["-F", config, name, command], 60_000);
  }

  /** The command's output; throws when its exit status is not 0. */
  async must(name: string, command: string, timeout?: number): Promise<string> {
    const { code, stdout, stderr } = await this.ssh(name, command, timeout);
    if (code !== 0) throw new Error(`${name}: "${command}": exit status ${code}: ${stderr.trim()}`);
    return stdout;
  }

  /** Writes what a command puts out (which may be much, and binary) to a file. */
  async fetch(name: string, command: string, file: string): Promise<void> {
    const { config } = await this.way(name);
    const child = spawn("ssh", ["-F", config, name, command], { stdio: ["ignore", openSync(file, "w"), "inherit"] });
    const code = await new Promise((resolve) => child.on("close", resolve));
    if (code !== 0) throw new Error(`${name}: "${command}": exit status ${String(code)}`);
  }

  /** Does something while a port of a node is a port of this machine, through the jump host. */
  async forwarded<T>(name: string, port: number, use: (localPort: number) => Promise<T>): Promise<T> {
    const jump = `${this.run.factory}-jump-host`;
    const [{ config }, { address }, localPort] = await Promise.all([this.way(jump), this.find(name), freePort()]);
    const forward = ["-o", "ExitOnForwardFailure=yes", "-N", "-L", `${localPort}:${address}:${port}`];
    const child = spawn("ssh", ["-F", config, ...forward, jump], { stdio: ["ignore", "ignore", "inherit"] });
    try {
      await eventually(`port ${port} of ${name}`, () => answers(localPort), { timeout: 30_000, interval: 200 });
      return await use(localPort);
    } finally {
      child.kill();
    }
  }

  /** ssh straight to an address, with the deployer's key and whatever host key it shows. */
  async direct(address: string, command: string, options: readonly string[] = []): Promise<SshResult> {
    const loose = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "BatchMode=yes", "ConnectTimeout=5"];
    const args = [...loose, ...options].flatMap((option) => ["-o", option]);
    return ssh(["-F", "/dev/null", "-i", this.identity, ...args, `debian@${address}`, command], 30_000);
  }

  /** The file with a server's pinned keys. */
  knownHosts(serverId: string): string {
    return path.join(this.run.home, "known_hosts", serverId);
  }

  /** The ssh configuration for a node; found once, nodes don't move. */
  private async way(name: string): Promise<{ readonly config: string }> {
    const known = this.ways.get(name);
    if (known) return known;
    const jump = await this.find(`${this.run.factory}-jump-host`);
    const target = name === jump.name ? jump : await this.find(name);
    const config = path.join(this.run.directory, `ssh-${target.id}`);
    writeFileSync(config, this.configuration(jump, target), { mode: 0o600 });
    this.ways.set(name, { config });
    return { config };
  }

  private get deployer(): Login {
    return { user: "debian", identity: this.identity };
  }

  private get identity(): string {
    return path.join(this.run.home, "ssh", "id_ed25519");
  }

  private configuration(jump: FoundNode, target: FoundNode, login = this.deployer, way = login): string {
    const host = (node: FoundNode, { user, identity }: Login, lines: readonly string[]): string => {
      const known = this.knownHosts(node.id);
      if (!existsSync(known)) throw new Error(`${node.name}: its host keys are not pinned (${known} is missing)`);
      const who = [`User ${user}`, `IdentityFile "${identity}"`, `UserKnownHostsFile "${known}"`];
      return [`Host ${node.name}`, `HostKeyAlias ${node.id}`, ...who, ...lines].join("\n  ");
    };
    if (jump.floating === undefined) throw new Error("the jump host has no floating IP");
    const hops =
      target.floating !== undefined
        ? [host(target, login, [`HostName ${target.floating}`])]
        : [
            host(jump, way, [`HostName ${jump.floating}`]),
            host(target, login, [`HostName ${target.address}`, `ProxyJump ${jump.name}`]),
          ];
    const common = [
      "Host *",
      "IdentitiesOnly yes",
      "BatchMode yes",
      "StrictHostKeyChecking yes",
      "ConnectTimeout 10",
      "LogLevel ERROR",
    ].join("\n  ");
    return [...hops, common, ""].join("\n");
  }
}

/** A shell script as a command that runs it as root. */
export function asRoot(script: string): string {
  return `sudo sh -c ${quote(script)}`;
}

function ssh(args: readonly string[], timeout: number, input = ""): Promise<SshResult> {
  return new Promise((resolve) => {
    const options = { timeout, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile("ssh", args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 255;
      resolve({ code, stdout, stderr });
    });
    // one that reads none of it, or can't be started, says so by its exit status
    child.stdin?.on("error", () => undefined).end(input);
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** True once something listens there; undefined before. */
function answers(port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true));
    socket.on("error", () => resolve(undefined));
    socket.on("connect", () => socket.destroy());
  });
}
