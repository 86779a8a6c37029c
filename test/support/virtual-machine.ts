/** An image booted by plain qemu, with a NoCloud seed: what anybody could do who downloads it. */
import { execFile, execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import path from "node:path";
import { eventually } from "./eventually";
import { say } from "./say";

export interface MachineOptions {
  /** The qcow2; it is not written to. */
  readonly image: string;
  /** Empty directory for disk, seed, key and console log. */
  readonly directory: string;
  /** The user that cloud-init makes. */
  readonly user: string;
}

export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class VirtualMachine {
  /** Boots it; resolves at once, `ready` tells when one can log in. */
  static async boot(options: MachineOptions): Promise<VirtualMachine> {
    const { directory, image } = options;
    const at = (name: string): string => path.join(directory, name);
    mkdirSync(directory, { recursive: true });
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", at("key")]);
    writeFileSync(at("meta-data"), "instance-id: plain-qemu-1\nlocal-hostname: plain-qemu\n");
    writeFileSync(at("user-data"), `#cloud-config\nssh_authorized_keys:\n  - ${readFileSync(at("key.pub"), "utf8")}`);
    const seed = ["-quiet", "-V", "cidata", "-J", "-r", "-o", at("seed.iso"), at("user-data"), at("meta-data")];
    execFileSync("genisoimage", seed);
    const backing = ["-b", path.resolve(image), "-F", "qcow2"];
    execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", ...backing, at("disk.qcow2"), "8G"]);
    const port = await freePort();
    const child = spawn("qemu-system-x86_64", machine(directory, port), { stdio: ["ignore", "ignore", "inherit"] });
    return new VirtualMachine(options, port, child);
  }

  private constructor(
    private readonly options: MachineOptions,
    private readonly port: number,
    private readonly child: ChildProcess,
  ) {}

  /** The console's text so far. */
  get console(): string {
    return readFileSync(path.join(this.options.directory, "console.log"), "utf8");
  }

  /**
   * Returns once one can log in. Throws when it does not come up in time, with the console's last lines.
   * @param timeout milliseconds
   */
  async ready(timeout: number): Promise<void> {
    const answers = async (): Promise<true | undefined> => {
      if (this.child.exitCode !== null) throw new Error(`qemu ended with status ${this.child.exitCode}`);
      return (await this.ssh("true", 30_000)).code === 0 ? true : undefined;
    };
    try {
      await eventually("SSH into the machine", answers, { timeout, interval: 3000 });
      say("the machine lets one in");
    } catch (error) {
      const last = this.console.trimEnd().split("\n").slice(-8).join("\n    ");
      throw new Error(`${(error as Error).message}; its console ends with\n    ${last}`, { cause: error });
    }
  }

  /** A command in the machine. */
  ssh(command: string, timeout = 300_000): Promise<Answer> {
    const { directory, user } = this.options;
    // It is our own machine at the end of a pipe of our own.
    const options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "BatchMode=yes", "LogLevel=ERROR"];
    const named = [...options, "ConnectTimeout=10", "IdentitiesOnly=yes"].flatMap((option) => ["-o", option]);
    const way = ["-F", "/dev/null", "-i", path.join(directory, "key"), "-p", String(this.port), `${user}@127.0.0.1`];
    return new Promise((resolve) => {
      execFile("ssh", [...named, ...way, command], { timeout, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : typeof error.code === "number" ? error.code : 255, stdout, stderr });
      });
    });
  }

  /** Pulls the plug. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGKILL");
    await ended;
  }
}

/** Emulated, so that it is the same everywhere; this model of CPU is the quickest there. */
function machine(directory: string, port: number): string[] {
  const at = (name: string): string => path.join(directory, name);
  return [
    ...["-accel", "tcg,thread=multi,tb-size=512", "-cpu", "qemu64", "-smp", "2", "-m", "1024"],
    ...["-display", "none", "-monitor", "none", "-no-reboot", "-serial", `file:${at("console.log")}`],
    ...["-drive", `file=${at("disk.qcow2")},if=virtio,format=qcow2,cache=unsafe`],
    ...["-drive", `file=${at("seed.iso")},if=virtio,format=raw,readonly=on`],
    ...["-netdev", `user,id=n0,hostfwd=tcp:127.0.0.1:${port}-:22`, "-device", "virtio-net-pci,netdev=n0,romfile="],
    ...["-device", "virtio-rng-pci"],
  ];
}

/** A TCP port of the loopback that nothing listens on. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
