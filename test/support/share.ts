/** The share as a build host finds it, and as it is on the NFS server. */
import { names } from "../../model/naming";
import { HOST_PATHS, SHARE_PATHS } from "../../model/plan";
import type { FactoryRun } from "./factory-run";
import type { Nodes } from "./nodes";

const MOUNT_POINT = "/run/share-test";

export class Share {
  constructor(
    private readonly run: FactoryRun,
    private readonly nodes: Nodes,
  ) {}

  /** Relative paths of all files and directories there, as root on the NFS server sees them. */
  async find(directory: string, ...tests: readonly string[]): Promise<string[]> {
    const found = await this.onServer(
      `cd ${SHARE_PATHS.directory}/${directory} && find . -mindepth 1 ${tests.join(" ")}`,
    );
    return found.split("\n").filter((line) => line !== "");
  }

  /** Runs a shell command as root on the NFS server. */
  onServer(command: string): Promise<string> {
    return this.nodes.must(names.node(this.run.factory, "nfs-server"), `sudo sh -c '${command}'`);
  }

  /** What a build host has mounted of the share, relative to it. */
  async mountedOn(host: string): Promise<string[]> {
    const table = await this.nodes.must(host, "cat /proc/self/mounts");
    const marker = `:${SHARE_PATHS.directory}/`;
    return table
      .split("\n")
      .map((line) => line.split(" ")[0] ?? "")
      .filter((source) => source.includes(marker))
      .map((source) => source.slice(source.indexOf(marker) + marker.length))
      .sort();
  }

  /**
   * What root of a host gets to see when it mounts something of the share by itself: the files that it can read; undefined
   * when it may not mount it. Names of directories that lead to an export are no secret, and are not counted.
   */
  async filesSeenBy(host: string, directory: string): Promise<string[] | undefined> {
    const { address } = await this.nodes.find(names.node(this.run.factory, "nfs-server"));
    const source = `${address}:${SHARE_PATHS.directory}${directory === "" ? "" : `/${directory}`}`;
    const script = `mkdir -p ${MOUNT_POINT}; mount -t nfs -o retry=0 ${source} ${MOUNT_POINT} || exit 32
      touch ${MOUNT_POINT}/written 2>/dev/null && echo written
      cd ${MOUNT_POINT} && find . -type f 2>/dev/null; cd /; umount ${MOUNT_POINT}`;
    const { code, stdout, stderr } = await this.nodes.ssh(host, `sudo sh -c '${script}'`, 120_000);
    if (code === 32) return undefined;
    if (code !== 0) throw new Error(`${host}: ${stderr}`);
    return stdout.split("\n").filter((line) => line !== "");
  }

  /** A build host writes a file into its own directory, through NFS. */
  async write(host: string, file: string, text: string): Promise<void> {
    await this.nodes.must(host, `echo ${JSON.stringify(text)} | sudo tee ${HOST_PATHS.build}/${file} >/dev/null`);
  }

  /** What a host that is let to a directory for a moment reads there. */
  async readThrough(host: string, directory: string, file: string): Promise<string> {
    const [{ address }, server] = await Promise.all([
      this.nodes.find(host),
      this.nodes.find(names.node(this.run.factory, "nfs-server")),
    ]);
    const path = `${SHARE_PATHS.directory}/${directory}`;
    await this.onServer(`exportfs -o rw,no_root_squash,subtree_check ${address}:${path}`);
    const mount = `mkdir -p ${MOUNT_POINT}; mount -t nfs -o retry=0 ${server.address}:${path} ${MOUNT_POINT}`;
    const read = `${mount}; cat ${MOUNT_POINT}/${file}; umount ${MOUNT_POINT}`;
    const text = await this.nodes.must(host, `sudo sh -c '${read}'`);
    await this.onServer(`exportfs -u ${address}:${path}`);
    return text;
  }
}
