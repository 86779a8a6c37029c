/** Status and lists as lines for people. Pure. */
import type { BuildSummary } from "../deployer/builds";
import type { FactoryStatus, Retained } from "../deployer/status";
import { bytes, duration, table } from "../deployer/table";

export function statusLines(status: FactoryStatus): string[] {
  const { factory, nodes, leases } = status;
  // With problems it is not known: those are told apart.
  if (nodes.length === 0 && status.problems.length > 0) return [`factory ${factory}`, ...dataLines(status)];
  if (nodes.length === 0) return [`factory ${factory} is not deployed`, ...dataLines(status)];
  return [
    `factory ${factory}`,
    "",
    ...table(
      ["NODE", "STATUS", "ADDRESS", "LOG IN"],
      nodes.map((node) => [node.name, node.status, node.publicAddress ?? node.address, `factory ssh ${node.name}`]),
    ),
    "",
    ...(leases.length === 0 ? noLeases(status.problems) : leases.map(leaseLine)),
    ...dataLines(status),
  ];
}

/** What destroying the factory keeps. */
export function retainedLines(retained: Retained & Pick<FactoryStatus, "problems">): string[] {
  const secrets = section(
    ["SECRET"],
    retained.secrets.map((name) => [name]),
  );
  const lines = [...dataLines(retained), ...secrets];
  if (lines.length > 0) return lines.slice(1);
  return retained.problems.length > 0 ? [] : ["nothing is retained"];
}

function dataLines({ volumes, buckets, images }: Pick<FactoryStatus, "volumes" | "buckets" | "images">): string[] {
  return [
    ...section(
      ["IMAGE", "REGION", "STATUS", "VISIBILITY", "SIZE", "HASH", "ID"],
      images.map((image) => [
        image.name,
        image.region,
        image.status,
        image.visibility,
        bytes(image.size),
        short(image.hash),
        image.id,
      ]),
    ),
    ...section(
      ["BUCKET", "OBJECTS", "SIZE"],
      buckets.map(({ name, objects, bytes: size }) => [name, String(objects), bytes(size)]),
    ),
    ...section(
      ["VOLUME", "SIZE", "STATUS", "ID"],
      volumes.map(({ name, sizeGiB, status, id }) => [name, `${sizeGiB} GiB`, status, id]),
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

/** Enough of a hash to compare by eye; the JSON has all of it. */
function short(hash: string): string {
  return hash.length > 23 ? `${hash.slice(0, 23)}…` : hash;
}

export function buildLines(builds: readonly BuildSummary[]): string[] {
  if (builds.length === 0) return ["there are no such builds on the share"];
  return table(
    ["BUILD", "STATE", "STAGE", "STARTED (UTC)", "TOOK"],
    builds.map(({ build, state, good, unchanged, stage, started, seconds }) => [
      build,
      state === "ended" ? `ended, ${good ? (unchanged ? "no change" : "succeeded") : "not finished"}` : state,
      stage,
      started?.slice(0, 16).replace("T", " ") ?? "",
      duration(seconds),
    ]),
  );
}
