/** Values as people read them. */

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** `262 MiB`, `1.5 GiB` */
export function sizeText(bytes: number): string {
  const power = Math.min(bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10), UNITS.length - 1);
  const value = bytes / 1024 ** power;
  const digits = power > 0 && value < 10 && !Number.isInteger(value) ? 1 : 0;
  return `${value.toFixed(digits)} ${UNITS[power]}`;
}

/** The day of an ISO 8601 time, UTC. */
export const day = (time: string): string => time.slice(0, 10);

/** `2026-11-01 04:00 UTC` */
export const minute = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;

/** `1 package`, `3 packages`; the plural is given where it is no plain s. */
export function counted(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`;
}

/** In groups of four, as people compare it. */
export const fingerprintText = (fingerprint: string): string => (fingerprint.match(/.{1,4}/g) ?? []).join(" ");

const DISTRIBUTIONS: Readonly<Record<string, string>> = {
  centos: "CentOS",
  debian: "Debian",
  fedora: "Fedora",
  opensuse: "openSUSE",
  rocky: "Rocky Linux",
  ubuntu: "Ubuntu",
};

/** What a distribution calls itself. */
export const distributionText = (distro: string): string => DISTRIBUTIONS[distro] ?? distro;

/** Words for SCS-0102's provided_until. */
export function providedText(until: string): string {
  if (until === "none") return "no date is promised";
  if (until === "notice") return "until further notice";
  return until;
}

/** For names that become part of an address: unlike ones stay unlike. */
export function slug(name: string): string {
  return name.replace(/[^A-Za-z0-9-]/gu, (char) => `_${char.codePointAt(0)?.toString(16) ?? ""}`);
}
