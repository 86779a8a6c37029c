/** A real sshd on a free port of the loopback, with keys of its own. Needs OpenSSH's server (package openssh-server). */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SshHost } from "../../../../deployer/ssh";
import { sshConfig, type SshHop } from "../../../../deployer/ssh-config";

const SSHD = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd"].find((place) => existsSync(place));

export interface HostOptions {
  /** Reached through itself as jump host. @default false */
  readonly jump?: boolean;
  readonly knownHosts?: string;
  readonly identityFile?: string;
  readonly port?: number;
}

let probes = 0;

export class Sshd {
  readonly knownHosts: string;
  readonly identityFile: string;
  private child: ChildProcess | undefined;

  private constructor(
    readonly directory: string,
    readonly port: number,
  ) {
    this.knownHosts = path.join(directory, "known_hosts");
    this.identityFile = path.join(directory, "id");
  }

  static async start(): Promise<Sshd> {
    const sshd = new Sshd(mkdtempSync(path.join(tmpdir(), "sshd-")), await freePort());
    for (const name of ["id", "hostkey"]) {
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path.join(sshd.directory, name)]);
    }
    writeFileSync(sshd.knownHosts, `server-id ${readFileSync(path.join(sshd.directory, "hostkey.pub"), "utf8")}`);
    await sshd.up();
    return sshd;
  }

  /** Starts it (again). */
  async up(): Promise<void> {
    if (SSHD === undefined) throw new Error("there is no sshd: install OpenSSH's server (package openssh-server)");
    // Where root runs it, it wants this directory; a system that starts it as a service has it.
    if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true });
    const inside = (name: string): string => path.join(this.directory, name);
    const config = [
      `Port ${this.port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${inside("hostkey")}`,
      `AuthorizedKeysFile ${inside("id.pub")}`,
      "PidFile none",
      "StrictModes no",
      "UsePAM no",
      "PasswordAuthentication no",
      "PermitRootLogin prohibit-password",
      "StreamLocalBindUnlink yes",
    ];
    writeFileSync(inside("sshd_config"), `${config.join("\n")}\n`);
    const child = spawn(SSHD, ["-D", "-e", "-f", inside("sshd_config")], { stdio: ["ignore", "ignore", "pipe"] });
    this.child = child;
    const host = this.host(`probe-${++probes}`);
    for (let tried = 0; tried < 50; tried++) {
      if ((await host.run("true").catch(() => undefined))?.code === 0) return;
      await sleep(50);
    }
    throw new Error("sshd does not answer");
  }

  /** Ends the listener and every connection. */
  async down(): Promise<void> {
    const { child } = this;
    if (!child?.pid) return;
    const ended = new Promise((resolve) => child.once("close", resolve));
    const sessions = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
      .split("\n")
      .map((line) => line.trim().split(/\s+/).map(Number))
      .filter(([, parent]) => parent === child.pid);
    for (const [pid] of sessions) if (pid) kill(pid);
    child.kill("SIGTERM");
    await ended;
    this.child = undefined;
  }

  async stop(): Promise<void> {
    await this.down();
    rmSync(this.directory, { recursive: true, force: true });
  }

  hop(name: string): SshHop {
    const { username: user } = userInfo();
    return {
      name,
      address: "127.0.0.1",
      port: this.port,
      user,
      hostKeyAlias: "server-id",
      knownHosts: this.knownHosts,
    };
  }

  host(name: string, options: HostOptions = {}): SshHost {
    const configFile = path.join(this.directory, `${name}.conf`);
    const { jump = false, identityFile = this.identityFile, ...hop } = options;
    const target = { ...this.hop(name), ...hop };
    const config = {
      target,
      ...(jump && { jump: this.hop("jump") }),
      identityFile,
      // Each host a connection of its own: a shared one would hide what a new one meets.
      controlPath: path.join(this.directory, `m-${name}`),
    };
    writeFileSync(configFile, sshConfig(config));
    return new SshHost({ name, configFile, sudo: false });
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGTERM");
  } catch {
    // ended by itself meanwhile
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
