/** The root file system: its state, its room, who owns what, what may run as somebody else, what boots it. */
import { statfs } from "node:fs/promises";
import { noneOf, skipped, type Audit } from "./audit";
import { exec } from "./exec";
import type { ImageTree } from "./image-tree";
import { packageFileNames } from "./package-database";

const MIB = 1024 ** 2;
/** What a first boot writes before the disk has grown, and then some; MiB. */
const LEAST_ROOM = 96;

export const room: Audit = async ({ tree }) => {
  const { bavail, bsize, ffree } = await statfs(tree.root);
  const free = Math.floor((bavail * bsize) / MIB);
  const lines = [`${free} MiB and ${ffree} inodes are free`];
  const enough = free >= LEAST_ROOM && ffree > 1000;
  return { ok: enough, lines: enough ? lines : [...lines, `an instance needs ${LEAST_ROOM} MiB and 1000 inodes`] };
};

/** Only ext's checker reads a file system within a disk; e2fsck's exit code 4 means errors, 8 that it could not. */
export const fileSystem: Audit = async ({ raw, offset, signal }) => {
  const what = `${raw}?offset=${offset}`;
  const probe = await exec("blkid", ["-p", "-o", "value", "-s", "TYPE", "-O", String(offset), raw], {
    signal,
    logOutput: false,
  });
  const type = probe.stdout.trim();
  if (!/^ext[234]$/.test(type)) return skipped(`only ext file systems are checked unmounted, this one is ${type}`);
  const { code, stdout, stderr } = await exec("e2fsck", ["-f", "-n", what], {
    signal,
    logOutput: false,
    accept: [0, 4, 8, 12],
  });
  const said = `${stderr}${stdout}`.split("\n").filter((line) => line.trim() !== "");
  return {
    ok: code === 0,
    lines: code === 0 ? said.slice(-1) : said.filter((line) => !/^Pass \d/.test(line)).slice(-10),
  };
};

export const fstab: Audit = async ({ tree }) => {
  const lines = ((await tree.read("/etc/fstab")) ?? "").split("\n").map((line) => line.trim());
  const byName = lines.filter((line) => /^\/dev\/(sd|vd|xvd|nvme|hd)/.test(line));
  const root = lines.some((line) => !line.startsWith("#") && line.split(/\s+/)[1] === "/");
  return noneOf([...byName, ...(root ? [] : ["/etc/fstab does not mount the root file system"])]);
};

/** Every kernel that the boot menu starts is there with its initrd, and its root is found by UUID or label. */
export const bootFiles: Audit = async ({ tree }) => {
  const menus = ["/boot/grub/grub.cfg", "/boot/grub2/grub.cfg"];
  const menu = (await Promise.all(menus.map((file) => tree.read(file)))).find((text) => text !== undefined);
  const kernels = (await tree.list("/boot")).filter((file) => /\/(vmlinuz|Image)-/.test(file));
  if (kernels.length === 0) return noneOf(["/boot holds no kernel"]);
  if (menu === undefined) return skipped("the image has no boot menu of GRUB");
  const named = [...menu.matchAll(/^\s*(linux|initrd)(?:16|efi)?\s+(\S+)(.*)$/gm)];
  if (named.length === 0) return noneOf(["the boot menu starts no kernel"]);
  const missing = await Promise.all(
    named.map(async ([, word = "", file = "", options = ""]) => [
      ...((await isThere(tree, file)) ? [] : [`the boot menu names ${file}, which is not there`]),
      ...(word === "linux" && /\sroot=\/dev\/(sd|vd|xvd|hd|loop|mapper)/.test(options)
        ? [`the boot menu's root is a device's name: ${options.trim()}`]
        : []),
    ]),
  );
  return noneOf([...new Set(missing.flat())], kernels);
};

/** GRUB's names begin at /boot when that is a partition of its own. */
const isThere = async (tree: ImageTree, file: string): Promise<boolean> =>
  (await tree.resolve(file)) !== undefined || (await tree.resolve(`/boot${file}`)) !== undefined;

const WRITABLE_BY_ALL = 0o002;
const STICKY = 0o1000;
const RUNS_AS_OWNER = 0o6000;

export const fileModes: Audit = async ({ tree }) => {
  const wrong: string[] = [];
  for (const { path, stats } of await tree.all()) {
    const place = stats.isDirectory() && (stats.mode & STICKY) !== 0;
    if ((stats.isFile() || stats.isDirectory()) && (stats.mode & WRITABLE_BY_ALL) !== 0 && !place) wrong.push(path);
  }
  const closed = ["/etc/shadow", "/etc/gshadow", "/etc/sudoers"];
  const open = await Promise.all(
    closed.map(async (file) =>
      ((await tree.stat(file))?.mode ?? 0) & 0o007 ? [`${file} can be read by everybody`] : [],
    ),
  );
  return noneOf([...wrong.map((file) => `${file} may be written by everybody`), ...open.flat()]);
};

export const fileOwners: Audit = async ({ tree }) => {
  const ids = async (file: string): Promise<Set<number>> =>
    new Set(((await tree.read(file)) ?? "").split("\n").map((line) => Number(line.split(":")[2] ?? "x")));
  const [users, groups] = await Promise.all([ids("/etc/passwd"), ids("/etc/group")]);
  const orphans: string[] = [];
  for (const { path, stats } of await tree.all()) {
    if (!users.has(stats.uid) || !groups.has(stats.gid)) orphans.push(`${path} is owned by ${stats.uid}:${stats.gid}`);
  }
  return noneOf(orphans);
};

export const setUid: Audit = async ({ tree }) => {
  const packaged = await packageFileNames(tree);
  if (!packaged) return skipped("the image has no package database that is known here");
  const strange: string[] = [];
  let count = 0;
  for (const { path, stats } of await tree.all()) {
    if (!stats.isFile() || (stats.mode & RUNS_AS_OWNER) === 0) continue;
    count += 1;
    if (!packaged.has(path) && !packaged.has(path.replace(/^\/usr\//, "/"))) strange.push(path);
  }
  return noneOf(strange, [`${count} programs run as their owner or group`]);
};
