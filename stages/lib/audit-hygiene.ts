/** What belongs to one machine, one person or the build, and would be handed to everybody who boots the image. */
import path from "node:path";
import { noneOf, type Audit } from "./audit";
import { head, type ImageTree, type TreeEntry } from "./image-tree";

const HOMES = ["/root", "/home"] as const;
/** Deeper, home directories hold what programs brought. */
const DEPTH = 5;

/** Regular files below, as far as `wanted` says; none of a directory that is not there. */
async function filesOf(tree: ImageTree, directory: string, wanted: (entry: TreeEntry) => boolean): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of tree.walk(directory)) {
    if (entry.stats.isFile() && wanted(entry)) found.push(entry.path);
  }
  return found;
}

async function filesOfAll(
  tree: ImageTree,
  directories: readonly string[],
  wanted: (entry: TreeEntry) => boolean,
): Promise<string[]> {
  const lists = await Promise.all(directories.map((directory) => filesOf(tree, directory, wanted)));
  return lists.flat();
}

const named = (pattern: RegExp) => (entry: TreeEntry) => pattern.test(path.basename(entry.path));
const notEmpty = ({ stats }: TreeEntry): boolean => stats.size > 0;
const near = ({ path: at }: TreeEntry): boolean => at.split("/").length <= DEPTH;

export const sshHostKeys: Audit = async ({ tree }) =>
  noneOf(await filesOf(tree, "/etc/ssh", named(/^ssh_host_.*_key(\.pub)?$/)));

/** Empty, or the word that systemd takes for "not yet"; a link of D-Bus' own to it is the same file. */
export const machineId: Audit = async ({ tree }) => {
  const files = ["/etc/machine-id", "/var/lib/dbus/machine-id"];
  const found = await Promise.all(files.map(async (file) => [file, ((await tree.read(file)) ?? "").trim()] as const));
  const own = found.filter(([, id]) => id !== "" && id !== "uninitialized");
  return noneOf(own.map(([file, id]) => `${file} holds ${id}`));
};

const HISTORY = /^(\.[a-z0-9]+_history|\.(viminfo|lesshst|wget-hsts|recently-used|rediscli_history)|\.histfile)$/;

export const histories: Audit = async ({ tree }) =>
  noneOf(await filesOfAll(tree, HOMES, (entry) => near(entry) && notEmpty(entry) && named(HISTORY)(entry)));

const PERSONAL =
  /^(id_[a-z0-9]+|authorized_keys2?|\.netrc|\.git-credentials|\.pgpass|\.my\.cnf|\.vault-token|clouds\.yaml)$/;
const PERSONAL_PATH = /\/(\.aws\/credentials|\.docker\/config\.json|\.kube\/config|\.gnupg\/.+|\.config\/gcloud\/.+)$/;
const PRIVATE_KEY = /-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----/;
/** Where an administrator or a build would put one. */
const KEY_PLACES = [
  "/etc",
  "/root",
  "/home",
  "/opt",
  "/srv",
  "/usr/local",
  "/var/lib/cloud",
  "/tmp",
  "/var/tmp",
] as const;
/** A private key stands at the beginning of its file, and files of configuration are short; bytes. */
const SCANNED = 64 * 1024;

export const credentials: Audit = async ({ tree }) => {
  const personal = await filesOfAll(
    tree,
    HOMES,
    (entry) => near(entry) && notEmpty(entry) && (named(PERSONAL)(entry) || PERSONAL_PATH.test(entry.path)),
  );
  const keys: string[] = [];
  for (const file of await filesOfAll(tree, KEY_PLACES, ({ stats }) => stats.size > 0 && stats.size < SCANNED)) {
    if (PRIVATE_KEY.test((await head(path.join(tree.root, file), SCANNED)).toString("latin1"))) keys.push(file);
  }
  const more = keys.filter((file) => !personal.includes(file) && !/\/ssh_host_[a-z0-9]+_key$/.test(file));
  return noneOf([...personal, ...more.map((file) => `${file} holds a private key`)]);
};

export const logs: Audit = async ({ tree }) => {
  const written = await filesOf(tree, "/var/log", notEmpty);
  const journals = (await tree.list("/var/log/journal")).map((journal) => `${journal} is a machine's journal`);
  return noneOf([...written.filter((file) => !file.startsWith("/var/log/journal/")), ...journals]);
};

export const firstBoot: Audit = async ({ tree }) => {
  const places = ["/var/lib/cloud/instance", "/var/lib/cloud/instances", "/var/lib/cloud/data", "/var/lib/cloud/sem"];
  const left = await Promise.all(
    places.map(async (place) => ((await tree.list(place)).length > 0 || (await linkTo(tree, place)) ? [place] : [])),
  );
  return noneOf(left.flat().map((place) => `${place} is there: cloud-init would take the image for an instance`));
};

const linkTo = async (tree: ImageTree, name: string): Promise<boolean> =>
  (await tree.stat(name))?.isSymbolicLink() ?? false;

/** A machine that starts with another's random seed or lease is no machine of its own. */
export const machineState: Audit = async ({ tree }) => {
  const leases = await filesOfAll(
    tree,
    ["/var/lib/dhcp", "/var/lib/dhclient", "/var/lib/NetworkManager", "/var/lib/systemd/network"],
    (entry) => notEmpty(entry) && /lease/.test(entry.path),
  );
  const rules = await filesOf(tree, "/etc/udev/rules.d", named(/^\d+-persistent-(net|cd)(-generator)?\.rules$/));
  const single = ["/var/lib/systemd/random-seed", "/var/lib/systemd/credential.secret", "/var/lib/urandom/random-seed"];
  const there = await Promise.all(single.map(async (file) => ((await tree.stat(file)) ? [file] : [])));
  const connections = await filesOf(tree, "/etc/NetworkManager/system-connections", notEmpty);
  return noneOf([...leases, ...rules, ...there.flat(), ...connections]);
};

/** Names that the image may well have: the distributions' own servers. */
const PUBLIC_HOSTS = /(^|\.)(debian\.org|ubuntu\.com|opensuse\.org|rockylinux\.org|fedoraproject\.org|centos\.org)$/;
const LEFT_BEHIND = [
  "/usr/sbin/policy-rc.d",
  "/etc/resolv.conf.ORIG",
  "/tmp/in_target.d",
  "/etc/dib-manifests",
  "/image",
  "/.dockerenv",
] as const;

export const buildResidue: Audit = async ({ tree, plan }) => {
  const left = await Promise.all(LEFT_BEHIND.map(async (name) => ((await tree.stat(name)) ? [name] : [])));
  const proxies = await filesOf(tree, "/etc/apt/apt.conf.d", named(/proxy/i));
  const resolver = (await tree.stat("/etc/resolv.conf"))?.isFile() ? await tree.read("/etc/resolv.conf") : undefined;
  const servers = (resolver ?? "").split("\n").filter((line) => /^\s*(nameserver|search|domain)\s/.test(line));
  const mirrors = Object.values(plan.mirrors) as (string | undefined)[];
  const hosts = mirrors.flatMap((mirror) => (mirror === undefined ? [] : [new URL(mirror).hostname]));
  const inside = [plan.build, ...hosts.filter((host) => !PUBLIC_HOSTS.test(host))];
  const telling: string[] = [];
  for (const file of await filesOf(tree, "/etc", ({ stats }) => stats.size < SCANNED)) {
    const text = (await head(path.join(tree.root, file), SCANNED)).toString("latin1");
    const word = inside.find((each) => text.includes(each));
    if (word !== undefined) telling.push(`${file} names ${word}`);
  }
  return noneOf([...left.flat(), ...proxies, ...servers.map((line) => `/etc/resolv.conf: ${line.trim()}`), ...telling]);
};

export const caches: Audit = async ({ tree }) => {
  const packages = await filesOfAll(
    tree,
    ["/var/cache/apt/archives", "/var/cache/dnf", "/var/cache/yum", "/var/cache/zypp"],
    named(/\.(deb|rpm|drpm)$/),
  );
  const lists = await filesOf(
    tree,
    "/var/lib/apt/lists",
    named(/_(Packages|Sources|InRelease|Release)(\.[a-z0-9]+)?$/),
  );
  const temporary = [...(await tree.list("/tmp")), ...(await tree.list("/var/tmp"))];
  return noneOf([...packages, ...lists, ...temporary]);
};
