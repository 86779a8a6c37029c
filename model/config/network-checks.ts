/** The networks of factory.yaml against each other. */
import { overlap, parseCidr, type Cidr } from "../cidr";
import type { Path, Problem } from "../problem";
import type { YamlFile } from "../yaml-file";
import { at } from "./lookup";

export function networkChecks(yaml: YamlFile): Problem[] {
  return [servicesWithoutNetwork, servicesBesideExisting, servicesInBuild, peopleInOwn, peopleTwice].flatMap((check) =>
    check(yaml),
  );
}

/** A network that the file names, as far as it can be read. */
interface Named {
  readonly path: Path;
  readonly name: string;
  readonly text: string;
  readonly cidr: Cidr;
}

const OWN: Path = ["network", "cidr"];
const SERVICES: Path = ["network", "services", "cidr"];

function named({ value }: YamlFile, path: Path, name: string): Named[] {
  const text = at(value, path);
  const cidr = typeof text === "string" ? parseCidr(text) : undefined;
  return cidr ? [{ path, name, text: String(text), cidr }] : [];
}

/** Those of network.sshFrom. The whole world overlaps with everything; the schema has a better word for that. */
function people(yaml: YamlFile): Named[] {
  const list = at(yaml.value, ["network", "sshFrom"]);
  return (Array.isArray(list) ? list : [])
    .flatMap((_, index) => named(yaml, ["network", "sshFrom", index], `network.sshFrom[${index}]`))
    .filter(({ cidr }) => cidr.prefix >= 8);
}

/** Whether project services has a network of its own. */
function routed({ value }: YamlFile): boolean {
  const [build, services] = ["build", "services"].map((project) => at(value, ["projects", project, "cloud"]));
  const connection = at(value, ["network", "services", "connection"]) ?? "routed";
  return connection === "routed" && typeof build === "string" && typeof services === "string" && build !== services;
}

const ownOnes = (yaml: YamlFile): Named[] => [
  ...named(yaml, OWN, "network.cidr"),
  ...(routed(yaml) ? named(yaml, SERVICES, "network.services.cidr") : []),
];

function servicesWithoutNetwork(yaml: YamlFile): Problem[] {
  if (!routed(yaml) || at(yaml.value, SERVICES) !== undefined) return [];
  return [
    yaml.problem(SERVICES, {
      message: "is missing, but project services is another than project build and has a network of its own",
      remedy: "write one that is used nowhere around, as cidr: 10.60.1.0/24, or connection: shared",
    }),
  ];
}

/** The router of a network that was there is not known: nothing can be given a leg of it. */
function servicesBesideExisting(yaml: YamlFile): Problem[] {
  const path: Path = ["network", "existing"];
  const existing = at(yaml.value, path);
  if (typeof existing !== "string" || !routed(yaml)) return [];
  const message = "can't be routed to a network of project services";
  return [yaml.problem(path, { value: existing, message, remedy: "set network.services.connection: shared" })];
}

function servicesInBuild(yaml: YamlFile): Problem[] {
  const [own, services] = ownOnes(yaml);
  if (!own || !services || !overlap(own.cidr, services.cidr)) return [];
  return [
    yaml.problem(services.path, {
      value: services.text,
      message: `overlaps with ${own.name} (${own.text}), which it is routed to`,
      remedy: "choose a network that is used nowhere around",
    }),
  ];
}

function peopleInOwn(yaml: YamlFile): Problem[] {
  return people(yaml).flatMap(({ path, text, cidr }) => {
    const met = ownOnes(yaml).find((own) => overlap(cidr, own.cidr));
    if (!met) return [];
    const message = `overlaps with ${met.name} (${met.text})`;
    return [yaml.problem(path, { value: text, message, remedy: `choose a ${met.name} that is used nowhere around` })];
  });
}

function peopleTwice(yaml: YamlFile): Problem[] {
  const others = people(yaml);
  return others.flatMap(({ path, text, cidr }, index) => {
    const earlier = others.slice(0, index).find((before) => before.text !== text && overlap(cidr, before.cidr));
    if (!earlier) return [];
    const message = `overlaps with ${earlier.name} (${earlier.text})`;
    return [yaml.problem(path, { value: text, message, remedy: "keep the larger one" })];
  });
}
