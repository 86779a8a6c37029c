/** A node reached by the system's ssh with a configuration of our own: pinned keys, through the jump host. */
import { spawn, type ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { pause } from "./pause";
import { lastWords, run, type Outcome } from "./process";
import { quote } from "./shell";
import { SshError, sshError } from "./ssh-error";

export interface RemoteOptions {
  /** Never shown anywhere; the way for secrets. */
  readonly stdin?: string | Buffer | Readable | undefined;
  /** Milliseconds. @default 60000 */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface SshHostOptions {
  /** The node's name: the Host of the configuration file. */
  readonly name: string;
  /** Written by ssh-config.ts. */
  readonly configFile: string;
  /** Whether the login user needs sudo for root's work. */
  readonly sudo: boolean;
}

/** Exit status of ssh itself when there is no connection (or no more). */
const SSH_FAILED = 255;

export class SshHost {
  readonly name: string;
  readonly configFile: string;
  private readonly sudo: boolean;

  constructor(options: SshHostOptions) {
    this.name = options.name;
    this.configFile = options.configFile;
    this.sudo = options.sudo;
  }

  /** Runs a command of the remote shell. Throws an SshError when the connection fails or it takes too long. */
  async run(command: string, options: RemoteOptions = {}): Promise<Outcome> {
    const { timeout = 60_000 } = options;
    const outcome = await run("ssh", ["-F", this.configFile, "-T", this.name, command], { ...options, timeout });
    if (outcome.timedOut) {
      throw new SshError("timeout", `ssh ${this.name}: no end of the command after ${Math.round(timeout / 1000)} s`);
    }
    if (outcome.code === SSH_FAILED || outcome.code === undefined) throw sshError(this.name, outcome.stderr);
    return outcome;
  }

  /** Like `run`, and an Error with the command's last words when its exit status is not 0. Gives its standard output. */
  async must(command: string, options: RemoteOptions = {}): Promise<string> {
    const outcome = await this.run(command, options);
    if (outcome.code !== 0) throw new Error(`${this.name}: ${lastWords(outcome, options.timeout ?? 60_000)}`);
    return outcome.stdout;
  }

  /** Runs a shell script as root. Its text is seen in the node's process list: secrets go by `stdin`. */
  asRoot(script: string, options: RemoteOptions = {}): Promise<string> {
    return this.must(this.rootCommand(script), options);
  }

  /** Writes a file as root, whole or not at all; `owner` as chown takes it. */
  async putFile(path: string, content: string | Buffer, mode: string, owner = "root:root"): Promise<void> {
    const [target, part] = [quote(path), quote(`${path}.part`)];
    const script = `set -eu; umask 077; cat >${part}; chown ${owner} ${part}; chmod ${mode} ${part}; mv ${part} ${target}`;
    await this.asRoot(script, { stdin: content, timeout: 300_000 });
  }

  /** Starts a long root command; the caller reads its output and ends it. */
  start(script: string): ChildProcess {
    const args = ["-F", this.configFile, "-T", this.name, this.rootCommand(script)];
    return spawn("ssh", args, { stdio: ["ignore", "pipe", "pipe"] });
  }

  /**
   * Forwards a socket of the node to one of this machine until the child's standard input is closed: that happens also
   * when this process is killed.
   */
  forwardSocket(remote: string, local: string): ChildProcess {
    const forward = ["-T", "-o", "ExitOnForwardFailure=yes", "-R", `${remote}:${local}`];
    const args = ["-F", this.configFile, ...forward, this.name, "cat >/dev/null"];
    return spawn("ssh", args, { stdio: ["pipe", "ignore", "ignore"] });
  }

  /** Ends the connection that later commands would share: the node is going away. */
  async disconnect(): Promise<void> {
    await run("ssh", ["-F", this.configFile, "-O", "exit", this.name], { timeout: 10_000 });
  }

  /** The whole command line as the remote shell gets it. */
  rootCommand(script: string): string {
    return `${this.sudo ? "sudo -n " : ""}sh -c ${quote(script)}`;
  }
}

export interface ReachOptions {
  /** Milliseconds. */
  readonly timeout: number;
  /** Milliseconds between two tries. @default 2000 */
  readonly interval?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Returns once the node answers. Throws the last SshError when it does not in time, at once when waiting can't help. */
export async function waitForSsh(host: SshHost, options: ReachOptions): Promise<void> {
  const { timeout, interval = 2000, signal } = options;
  const end = Date.now() + timeout;
  for (;;) {
    try {
      await host.run("true", { timeout: 30_000, signal });
      return;
    } catch (error) {
      if (!(error instanceof SshError) || !error.passing || Date.now() + interval > end) throw error;
    }
    await pause(interval, signal);
  }
}
