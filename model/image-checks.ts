/**
 * What every image is checked for in stage 9, as data: `tests.skip` of an image.yaml names checks by these ids, and
 * `stages/lib` does them.
 */

/**
 * Where a check is made:
 * - `audit`: on the files of the image, mounted read-only; needs no boot and takes seconds
 * - `boot`: on the way from the request for an instance to the end of cloud-init
 * - `instance`: inside the instance, as root
 * - `reboot`: inside it, after a restart
 */
export type CheckPlace = "audit" | "boot" | "instance" | "reboot";

interface CheckRow {
  readonly id: string;
  readonly place: CheckPlace;
  /** What is true of a good image; reports show it. */
  readonly name: string;
  /** What belongs to one machine or person and would be handed to everybody: fails the build as `hygiene`. */
  readonly hygiene?: boolean;
}

export const IMAGE_CHECKS = [
  { id: "ssh-host-keys", place: "audit", hygiene: true, name: "no SSH host keys are in the image" },
  { id: "machine-id", place: "audit", hygiene: true, name: "the machine-id is empty" },
  { id: "passwords", place: "audit", hygiene: true, name: "no account has a password" },
  { id: "accounts", place: "audit", hygiene: true, name: "there are no accounts of people" },
  { id: "credentials", place: "audit", hygiene: true, name: "there are no keys, tokens or private keys of anybody" },
  { id: "histories", place: "audit", hygiene: true, name: "there are no histories in home directories" },
  { id: "logs", place: "audit", hygiene: true, name: "logs are empty" },
  { id: "first-boot", place: "audit", hygiene: true, name: "cloud-init has not run yet" },
  { id: "machine-state", place: "audit", hygiene: true, name: "no leases, seeds or network rules of another machine" },
  { id: "build-residue", place: "audit", hygiene: true, name: "nothing is left of the build" },
  { id: "caches", place: "audit", hygiene: true, name: "package caches and temporary directories are empty" },

  { id: "file-system", place: "audit", name: "the root file system has no errors" },
  { id: "room", place: "audit", name: "the root file system has room" },
  { id: "fstab", place: "audit", name: "file systems are mounted by UUID or label" },
  { id: "boot-files", place: "audit", name: "kernel, initrd and boot menu fit each other" },
  { id: "file-modes", place: "audit", name: "no file may be written by everybody" },
  { id: "file-owners", place: "audit", name: "every file has an owner that exists" },
  { id: "set-uid", place: "audit", name: "programs that run as their owner come from packages" },
  { id: "package-state", place: "audit", name: "all packages are installed completely" },
  { id: "package-files", place: "audit", name: "files of packages are as they were packaged" },
  { id: "packages-current", place: "audit", name: "packages are up to date" },
  { id: "packages-origin", place: "audit", name: "packages come from the distribution's repositories" },
  { id: "vulnerabilities", place: "audit", name: "no known vulnerability that a newer package closes" },
  { id: "lynis", place: "audit", name: "lynis' hardening index reaches its floor" },

  { id: "active", place: "boot", name: "an instance becomes ACTIVE" },
  { id: "ssh", place: "boot", name: "the instance lets its user in by SSH" },
  { id: "cloud-init-end", place: "boot", name: "cloud-init finishes without errors" },
  { id: "boot-time", place: "boot", name: "the first boot takes no longer than it may" },

  { id: "cloud-init", place: "instance", name: "cloud-init has finished without errors" },
  { id: "login", place: "instance", name: "login user may use sudo and has no password" },
  { id: "user-data-config", place: "instance", name: "user data: a cloud-config is applied" },
  { id: "user-data-script", place: "instance", name: "user data: a script has run, once" },
  { id: "user-data-template", place: "instance", name: "user data: a template knows this instance" },
  { id: "user-data-boothook", place: "instance", name: "user data: a boothook has run" },
  { id: "metadata", place: "instance", name: "metadata service answers, and knows this instance" },
  { id: "config-drive", place: "instance", name: "config drive is there, and says what the metadata service says" },
  { id: "hostname", place: "instance", name: "hostname is the one that the metadata gives" },
  { id: "own-host-keys", place: "instance", name: "SSH host keys are this instance's own" },
  { id: "own-machine-id", place: "instance", name: "machine-id is this instance's own" },
  { id: "own-login-keys", place: "instance", name: "no shell history and no keys in home directories" },
  { id: "package-list", place: "instance", name: "installed packages are those of the package list" },
  { id: "units", place: "instance", name: "no unit has failed" },
  { id: "disk-grows", place: "instance", name: "root file system fills the disk" },
  { id: "network", place: "instance", name: "network has an address and a default route" },
  { id: "ipv6", place: "instance", name: "network has an IPv6 address and route" },
  { id: "names", place: "instance", name: "names resolve" },
  { id: "listening", place: "instance", name: "nothing but SSH listens to the network" },
  { id: "clock", place: "instance", name: "the clock is right" },
  { id: "time-service", place: "instance", name: "a time service is enabled and runs" },
  { id: "time-sync", place: "instance", name: "the clock is synchronised" },
  {
    id: "kernel",
    place: "instance",
    name: "the running kernel is the installed one, made for clouds where there is one",
  },
  { id: "mandatory-access", place: "instance", name: "AppArmor or SELinux is in force" },
  { id: "ssh-settings", place: "instance", name: "SSH allows neither passwords nor root's password" },
  { id: "residue", place: "instance", name: "nothing of the build is found in a running instance" },
  { id: "locale", place: "instance", name: "locale is UTF-8" },
  { id: "bandwidth", place: "instance", name: "network is as fast as it has to be (iperf3)" },

  { id: "reboot", place: "reboot", name: "the instance comes back after a restart, with the same host keys" },
  { id: "reboot-cloud-init", place: "reboot", name: "after a restart: cloud-init has finished without errors" },
  { id: "reboot-units", place: "reboot", name: "after a restart: no unit has failed" },
  { id: "reboot-identity", place: "reboot", name: "after a restart: machine-id and hostname are the same" },
  { id: "reboot-network", place: "reboot", name: "after a restart: network has an address and a default route" },
  { id: "reboot-user-data", place: "reboot", name: "after a restart: scripts of the first boot have not run again" },
  { id: "reboot-kernel", place: "reboot", name: "after a restart: the newest installed kernel runs" },
] as const satisfies readonly CheckRow[];

export type ImageCheck = (typeof IMAGE_CHECKS)[number];
export type CheckId = ImageCheck["id"];
type IdAt<P extends CheckPlace> = Extract<ImageCheck, { readonly place: P }>["id"];
export type AuditId = IdAt<"audit">;
export type GuestCheckId = IdAt<"instance">;
export type RebootCheckId = IdAt<"reboot">;

export const CHECK_IDS: readonly CheckId[] = IMAGE_CHECKS.map(({ id }) => id);

const ROWS: ReadonlyMap<string, CheckRow> = new Map(IMAGE_CHECKS.map((row) => [row.id, row]));

/** Without these there is nothing to test: they can't be skipped. */
export const INDISPENSABLE: readonly CheckId[] = ["active", "ssh", "cloud-init-end", "reboot"];

/** The row of a check; throws a RangeError for an id that is none. */
export function imageCheck(id: string): CheckRow {
  const row = ROWS.get(id);
  if (!row) throw new RangeError(`"${id}" is no check of an image`);
  return row;
}

/** All rows of a place, in order. */
export function checksAt<P extends CheckPlace>(place: P): readonly Extract<ImageCheck, { readonly place: P }>[] {
  return IMAGE_CHECKS.filter((row): row is Extract<ImageCheck, { readonly place: P }> => row.place === place);
}
