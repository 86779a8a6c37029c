/** Status and lists as lines for people. Pure. */
import type { HealthCheck } from "../deployer/health";
import type { NodeStatus } from "../deployer/node-status";
import type { Allowance } from "../deployer/quota";
import { QUOTAS, type QuotaName, type QuotaStatus } from "../deployer/quota-status";
import type { Reapable } from "../deployer/reap";
import type { FactoryStatus, Retained } from "../deployer/status";
import { bytes, table } from "../deployer/table";
import type { Backup } from "../model/backup";

export function statusLines(status: FactoryStatus): string[] {
  const { factory, nodes, leases, quotas } = status;
  // With problems it is not known: those are told apart.
  if (nodes.length === 0 && status.problems.length > 0) return [`factory ${factory}`, ...dataLines(status)];
  if (nodes.length === 0) return [`factory ${factory} is not deployed`, ...dataLines(status)];
  return [
    `factory ${factory}: ${status.inOrder ? "in order" : "NOT IN ORDER"}`,
    ...status.reasons.flatMap((reason) => wrapped("  ", reason)),
    ...(status.webAddress === undefined ? [] : [`web site: https://${status.webAddress}/`]),
    "",
    ...nodeLines(nodes),
    "",
    ...(leases.length === 0 ? noLeases(status.problems) : leases.map(leaseLine)),
    ...quotaLines(quotas),
    ...dataLines(status),
  ];
}

/** Each node with what it says of itself: services and versions, days, percentages. */
function nodeLines(nodes: readonly NodeStatus[]): string[] {
  const checks = Math.max(0, ...nodes.flatMap((node) => node.checks.map(({ name }) => name.length)));
  const [header = "", ...rows] = table(
    ["NODE (factory ssh NODE)", "STATUS", "ADDRESS", "CHECKS"],
    nodes.map((node) => [node.name, node.status, node.publicAddress ?? node.address, summary(node.checks)]),
  );
  return [
    header,
    ...nodes.flatMap((node, index) => [
      rows[index] ?? "",
      ...node.checks.flatMap(({ name, ok, detail }) =>
        wrapped(`  ${ok ? "ok  " : "FAIL"}  ${name.padEnd(checks)}  `, detail),
      ),
    ]),
  ];
}

function summary(checks: readonly HealthCheck[]): string {
  const failed = checks.filter(({ ok }) => !ok).length;
  if (checks.length === 0) return "";
  return failed === 0 ? `all ${checks.length} pass` : `${failed} of ${checks.length} FAIL`;
}

/** Characters of a line. */
const WIDTH = 100;

/** Text behind a head, broken between words, its further lines below its first. */
export function wrapped(head: string, text: string, width: number = WIDTH): string[] {
  const room = Math.max(20, width - head.length);
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line, index) => (index === 0 ? head : " ".repeat(head.length)) + line);
}

function quotaLines(quotas: readonly QuotaStatus[]): string[] {
  const rows = quotas.map(({ cloud, quotas: of, low }) => [
    cloud,
    ...QUOTAS.map((name) => `${left(name, of[name])}${low.includes(name) ? " LOW" : ""}`),
  ]);
  const titles = ["QUOTA LEFT", "INSTANCES", "CORES", "RAM", "VOLUMES", "GIB"];
  return section(titles, rows);
}

function left(name: QuotaName, { used, max }: Allowance): string {
  if (max < 0) return "no limit";
  const [rest, all] =
    name === "MiB of RAM" ? [max - used, max].map((mib) => bytes(mib * 1024 ** 2)) : [max - used, max];
  return `${rest} of ${all}`;
}

/** What destroying the factory keeps. */
export function retainedLines(retained: Retained & Pick<FactoryStatus, "problems">): string[] {
  const secrets = section(
    ["SECRET"],
    retained.secrets.map((name) => [name]),
  );
  const certificates = section(
    ["CERTIFICATE", "REGION", "ID"],
    retained.certificates.map(({ name, region, id }) => [name, region, id]),
  );
  const lines = [...dataLines(retained), ...secrets, ...certificates];
  if (lines.length > 0) return lines.slice(1);
  return retained.problems.length > 0 ? [] : ["nothing is retained"];
}

function dataLines({ volumes, buckets, images }: Pick<FactoryStatus, "volumes" | "buckets" | "images">): string[] {
  return [
    ...section(
      ["IMAGE", "REGION", "STATUS", "VISIBILITY", "SIZE", "HASH"],
      images.map((image) => [
        image.name,
        image.region,
        image.status,
        image.visibility,
        bytes(image.size),
        short(image.hash),
      ]),
    ),
    ...section(
      ["BUCKET", "OBJECTS", "SIZE"],
      buckets.map(({ name, objects, bytes: size }) => [name, String(objects), bytes(size)]),
    ),
    ...section(
      ["VOLUME", "PROJECT", "SIZE", "STATUS", "ID"],
      volumes.map(({ name, project, sizeGiB, status, id }) => [name, project, `${sizeGiB} GiB`, status, id]),
    ),
  ];
}

function section(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : ["", ...table(header, rows)];
}

/** What could not be read is not claimed; the problem itself is told elsewhere. */
function noLeases(problems: readonly string[]): string[] {
  return problems.length > 0 ? ["it is not known whether a build is being followed"] : ["no build is being followed"];
}

function leaseLine({ image, build, holder, since }: FactoryStatus["leases"][number]): string {
  return `${image}: build ${build} is followed by ${holder.user}@${holder.host} (process ${holder.pid}) since ${since.slice(0, 16)}Z`;
}

/** Enough of a hash to compare by eye; the JSON has all of it, and the ids. */
function short(hash: string): string {
  return hash.length > 19 ? `${hash.slice(0, 19)}…` : hash;
}

export function backupLines(backups: readonly Backup[]): string[] {
  if (backups.length === 0) return ["there are no backups"];
  return table(
    ["NODE", "BACKUP (UTC)", "SIZE"],
    backups.map(({ node, stamp, bytes: size }) => [node, stamp, bytes(size)]),
  );
}

/** @param deleting whether they go now */
export function reapLines(builds: readonly Reapable[], deleting: boolean): string[] {
  if (builds.length === 0) return ["no build has left anything behind whose time is over"];
  const counts = ({ left: kinds }: Reapable): string =>
    Object.entries(kinds)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(", ");
  const rows = builds.map((one) => [
    one.build,
    one.expires.slice(0, 16).replace("T", " "),
    counts(one),
    one.stays === undefined ? "" : `stays: ${one.stays}`,
  ]);
  return [
    ...table(["BUILD", "EXPIRED (UTC)", "LEFT", ""], rows),
    ...(deleting ? [] : ["", "nothing is deleted: factory reap --delete does it"]),
  ];
}
