/**
 * What the parts of factory.yaml have to do with each other. Works on whatever could be read, so that a mistake in one
 * place does not hide those in others.
 */
import { nearest, type Path, type Problem } from "../problem";
import type { YamlFile } from "../yaml-file";
import { at } from "./lookup";
import { nodesSchema } from "./nodes";
import { importAddresses } from "./regions";
import { networkChecks } from "./network-checks";
import { sharedWebAddress } from "./web-checks";

export function crossChecks(yaml: YamlFile): Problem[] {
  const checks = [
    homeRegion,
    sameRegionTwice,
    publishersClouds,
    importAddresses,
    sameBucketTwice,
    networkChecks,
    sharedWebAddress,
    providersPassword,
    listedTwice,
  ];
  return checks.flatMap((check) => check(yaml));
}

/** Names of the regions, or undefined when there is no such list. */
export function regionNamesIn(value: unknown): string[] | undefined {
  const regions = at(value, ["regions"]);
  if (!Array.isArray(regions)) return undefined;
  return regions.map((region) => at(region, ["name"])).filter((name) => typeof name === "string");
}

/** What build hosts are, or undefined where that is nothing that they can be. */
export function architectureIn(value: unknown): string | undefined {
  const hosts = at(value, ["nodes", "buildHost"]);
  if (typeof hosts !== "object" || hosts === null) return undefined;
  const parsed = nodesSchema.shape.buildHost.shape.architecture.safeParse(at(hosts, ["architecture"]));
  return parsed.success ? parsed.data : undefined;
}

function homeRegion({ value, problem }: YamlFile): Problem[] {
  const home = at(value, ["regions", 0, "cloud"]);
  const build = at(value, ["projects", "build", "cloud"]);
  if (typeof home !== "string" || typeof build !== "string" || home === build) return [];
  return [
    problem(["regions", 0, "cloud"], {
      value: home,
      message: `is not project build's cloud ("${build}"), but images are built and tested in the first region`,
      remedy: "list a region of project build first",
    }),
  ];
}

function sameRegionTwice({ value, problem }: YamlFile): Problem[] {
  const regions = at(value, ["regions"]);
  if (!Array.isArray(regions)) return [];
  const names = regions.map((region) => at(region, ["name"]));
  const places = regions.map((region) => JSON.stringify([at(region, ["cloud"]), at(region, ["region"])]));
  return [
    ...repeated(names).map(({ index, first }) =>
      problem(["regions", index, "name"], {
        value: names[index],
        message: `is the name of regions[${first}] too`,
        remedy: "give each region a name of its own",
      }),
    ),
    ...repeated(places).map(({ index, first }) =>
      problem(["regions", index], {
        message: `is the same region of the same cloud as regions[${first}]`,
        remedy: "list each once",
      }),
    ),
  ];
}

const BY_REGION = ["clouds", "customers", "certificates"] as const;

/** An entry for a region that there is not would be left out without a word. */
function publishersClouds(file: YamlFile): Problem[] {
  return BY_REGION.flatMap((key) => entriesByRegion(file, ["publish", key]));
}

function entriesByRegion({ value, problem }: YamlFile, path: readonly string[]): Problem[] {
  const entries = at(value, path);
  const known = regionNamesIn(value);
  if (typeof entries !== "object" || entries === null || !known) return [];
  // Which region is missing can't be told where one is named twice.
  if (repeated(known).length > 0) return [];
  return Object.keys(entries)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const meant = nearest(name, known);
      const remedy = meant === undefined ? `there are ${known.join(", ")}` : `did you mean "${meant}"?`;
      return problem([...path, name], { message: "is no region of regions", remedy });
    });
}

function sameBucketTwice({ value, problem }: YamlFile): Problem[] {
  const uses = ["requests", "staging", "release", "backups"];
  const buckets = uses.map((use) => at(value, ["buckets", use]));
  return repeated(buckets).map(({ index, first }) =>
    problem(["buckets", uses[index] ?? ""], {
      value: buckets[index],
      message: `is bucket ${uses[first] ?? ""} too, but different writers may write to them`,
      remedy: "give each a bucket of its own",
    }),
  );
}

/** A made-up password would be refused by a directory that is somebody else's. */
function providersPassword({ value, problem }: YamlFile): Problem[] {
  const source = at(value, ["secrets", "directoryReplicator"]);
  const generated = source === undefined || source === "generate";
  if (at(value, ["directory", "provider"]) === undefined || !generated) return [];
  return [
    problem(["directory", "provider"], {
      message: "is an existing directory, whose password can't be generated",
      remedy: "say where it comes from in secrets.directoryReplicator",
    }),
  ];
}

const LISTS: readonly Path[] = [
  ["network", "dns"],
  ["network", "sshFrom"],
  ["infrastructure", "ntp"],
  ["webServer", "names"],
];

function listedTwice({ value, problem }: YamlFile): Problem[] {
  return LISTS.flatMap((path) => {
    const list = at(value, path);
    if (!Array.isArray(list)) return [];
    return repeated(list).map(({ index }) =>
      problem([...path, index], { value: list[index], message: "is listed twice", remedy: "list it once" }),
    );
  });
}

/** The later ones of equal entries, each with the first of its kind. What is undefined equals nothing. */
function repeated(list: readonly unknown[]): { index: number; first: number }[] {
  return list.flatMap((entry, index) => {
    const first = list.indexOf(entry);
    return first < index && entry !== undefined ? [{ index, first }] : [];
  });
}
