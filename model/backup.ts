/** Backups of nodes' state: which nodes have one, what its objects are called, and what is on the node for it. Pure. */
import type { FactoryConfig } from "./config";
import { names } from "./naming";

const unit = (what: string): string => `factory-backup@${what}.service`;

export const BACKUP = {
  /** The program on the node; its result is its last line. */
  program: "/usr/local/sbin/factory-backup",
  /** Where that is in the repository. */
  source: "cloud-init/files/factory-backup",
  /** The unit that has the program do something. */
  unit,
  make: unit("make"),
  timer: "factory-backup.timer",
  /** Proves that the bucket can be reached with what was handed over. */
  check: unit("check"),
  restore: (stamp: string): string => unit(`restore-${stamp}`),
  /** The check of the node's health. */
  health: "/etc/factory/health.d/60-backup",
  /** Passphrases, one a line; the first encrypts. */
  passphrases: "backup-passphrases",
  /** JSON of BackupAccess. */
  access: "backup-access",
} as const;

/** What a node works with; only root there can read it. */
export interface BackupAccess {
  readonly node: string;
  /** URL of Keystone's v3. */
  readonly identity: string;
  readonly id: string;
  readonly secret: string;
  /** ISO 8601: when the credential ends. */
  readonly expires: string;
  /** URL of the bucket. */
  readonly bucket: string;
  /** How many are kept. */
  readonly keep: number;
  /** PEM of the CA that the cloud's certificates come from; none: one that everybody knows. */
  readonly ca?: string | undefined;
}

/** Names of the nodes whose state is backed up: the controller, and the directory's provider where it is ours. */
export function backedUpNodes({ factory, nodes, directory }: FactoryConfig): string[] {
  return [
    ...(nodes.controller ? [names.node(factory, "controller")] : []),
    ...(nodes.directoryReplica && !directory.provider ? names.nodes(factory, "directory-replica", 1) : []),
  ];
}

export interface Backup {
  readonly node: string;
  /** UTC, `20260131T235959Z`: how people name it. */
  readonly stamp: string;
  readonly time: Date;
  /** Encrypted and compressed. */
  readonly bytes: number;
}

const OBJECT = /^([^/]+)\/((\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z)\.tar\.gz\.gpg$/;

/** Name of a backup's object. */
export const backupObject = (node: string, stamp: string): string => `${node}/${stamp}.tar.gz.gpg`;

/** A bucket's objects as backups, by node and then the newest first; what has no such name is none of ours. */
export function backupsIn(objects: readonly { readonly name: string; readonly bytes: number }[]): Backup[] {
  const found = objects.flatMap(({ name, bytes }) => {
    const [, node, stamp, year, month, day, hour, minute, second] = OBJECT.exec(name) ?? [];
    const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    if (node === undefined || stamp === undefined || Number.isNaN(time.getTime())) return [];
    return [{ node, stamp, time, bytes }];
  });
  return found.sort((a, b) => a.node.localeCompare(b.node) || b.stamp.localeCompare(a.stamp));
}
