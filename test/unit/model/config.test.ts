import { readFileSync } from "node:fs";
import path from "node:path";
import { parseConfig, type FactoryConfig } from "../../../model/config";
import { formatProblem } from "../../../model/problem";

const EXAMPLE = readFileSync(path.join(__dirname, "..", "..", "..", "factory.yaml"), "utf8");

/** The example with one thing changed; throws when there was nothing to change. */
function changed(...changes: readonly (readonly [RegExp | string, string])[]): string {
  return changes.reduce((text, [from, to]) => {
    const result = text.replace(from, to);
    if (result === text) throw new Error(`nothing to change: ${String(from)}`);
    return result;
  }, EXAMPLE);
}
function problems(text: string): string[] {
  const parsed = parseConfig(text, "factory.yaml");
  return "problems" in parsed ? parsed.problems.map(formatProblem) : [];
}
function config(text: string): FactoryConfig {
  const parsed = parseConfig(text, "factory.yaml");
  if ("problems" in parsed) throw new Error(parsed.problems.map(formatProblem).join("\n"));
  return parsed.config;
}
const SERVICES = "services: { connection: routed, cidr: 10.60.1.0/24 }";
/** How many there are, in the example. */
const WEB_SERVERS = /count: 2 \}(?=\n {2}# Works off)/;
const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split("\n").length;

test("the repository's example is valid", () => {
  expect(config(EXAMPLE)).toMatchObject({ factory: "demo", regions: [{ name: "RegionOne" }, { name: "RegionTwo" }] });
});

test("what may be left out has a default", () => {
  const text = changed(
    [/^infrastructure:[\s\S]*?(?=^notify:)/m, ""],
    [/^build:\n[\s\S]*/m, ""],
    ["  kind: swift\n", ""],
  );
  expect(config(text)).toMatchObject({
    infrastructure: { mirrors: { debian: "auto", debianSecurity: "auto" } },
    build: { timeoutMinutes: 120, expireHours: 24 },
    buckets: { kind: "swift" },
    nodes: { jumpHost: { user: "debian" } },
  });
});

test.each(["clouds", "customers", "certificates"])(
  "an entry in publish.%s for a region that there is not is told",
  (key) => {
    const wrong = "clouds: { RegionOne: admin, RegionTwo: admin }";
    expect(problems(changed([wrong, `${key}: { RegionOne: admin, RegoinTwo: admin }`]))).toEqual([
      expect.stringMatching(
        new RegExp(`publish\\.${key}\\.RegoinTwo: is no region of regions; did you mean "RegionTwo"\\?$`),
      ),
    ]);
  },
);

test("project services needs no network of its own where it shares build's, or is build", () => {
  const withoutCidr = "services: { connection: routed }";
  expect(problems(changed([SERVICES, "services: { connection: shared }"], [WEB_SERVERS, "count: 1 }"]))).toEqual([]);
  expect(
    problems(changed(["services: { cloud: services }", "services: { cloud: build }"], [SERVICES, withoutCidr])),
  ).toEqual([]);
});

test("two web servers behind one address need a network of their own project, or a load balancer", () => {
  const shared = [SERVICES, "services: { connection: shared }"] as const;
  expect(problems(changed(shared))).toEqual([
    expect.stringContaining(
      'network.services.connection: "shared" gives project services no network of its own, but two web servers can share an address only there; write routed, nodes.webServer.count: 1, or webServer.balancer: octavia',
    ),
  ]);
  const balanced = [/^notify:/m, "webServer: { balancer: octavia }\nnotify:"] as const;
  expect(problems(changed(shared, balanced))).toEqual([]);
  expect(problems(changed(shared, ["services: { cloud: services }", "services: { cloud: build }"]))).toEqual([]);
});

describe("one line with file, line, path, value and remedy", () => {
  test.each<[string, RegExp | string, string, string, string]>([
    [
      "unknown key",
      "cidr: 10.60.0.0/24",
      "cdir: 10.60.0.0/24\n  cidr: 10.60.0.0/24",
      "cdir:",
      'network.cdir: is no known key; did you mean "cidr"?',
    ],
    [
      "unknown key that resembles nothing",
      "  timeoutMinutes: 120",
      "  colour: blue",
      "colour",
      "build.colour: is no known key; known here: timeoutMinutes, stageMinutes, expireHours",
    ],
    [
      "wrong type",
      "timeoutMinutes: 120",
      'timeoutMinutes: "120"',
      "timeoutMinutes",
      'build.timeoutMinutes: "120" is not a number; write a number, without quotes',
    ],
    [
      "wrong type of a list",
      "[172.24.4.1]",
      "172.24.4.1",
      "  dns:",
      'network.dns: "172.24.4.1" is not a list; write it as a list: [one, two]',
    ],
    [
      "text that YAML takes for a number",
      "factory: demo",
      "factory: 2026",
      "factory: 2026",
      "factory: 2026 is not text; write it as text, in quotes if it looks like a number",
    ],
    [
      "missing value",
      "  external: public\n",
      "",
      "network:",
      "network.external: is missing; add it: The external network of its router and of public addresses",
    ],
    [
      "empty value",
      "external: public",
      "external:",
      "external:",
      "network.external: is empty; add it: The external network of its router and of public addresses",
    ],
    ["missing section", /^notify:\n.*\n.*\n/m, "", "factory:", "notify: is missing; add it: Mail"],
    [
      "no network",
      "10.60.0.0/24",
      "10.60.0.0/33",
      "  cidr",
      'network.cidr: "10.60.0.0/33" is no IPv4 network; write it as 10.60.0.0/24',
    ],
    [
      "host bits",
      "10.60.0.0/24",
      "10.60.0.7/24",
      "  cidr",
      'network.cidr: "10.60.0.7/24" has host bits set; write it as 10.60.0.0/24',
    ],
    [
      "too small a network",
      "10.60.0.0/24",
      "10.60.0.0/30",
      "  cidr",
      'network.cidr: "10.60.0.0/30" is too small for a factory; use a /28 or larger, best a /24',
    ],
    [
      "SSH from everywhere",
      "172.24.4.0/23",
      "0.0.0.0/0",
      "  sshFrom",
      'network.sshFrom[0]: "0.0.0.0/0" lets nearly everybody in; name the networks that your people come from',
    ],
    [
      "bad address",
      "[172.24.4.1]",
      "[172.24.4.999]",
      "  dns",
      'network.dns[0]: "172.24.4.999" is no IPv4 address; write it as 10.60.0.1',
    ],
    [
      "overlapping networks",
      "[172.24.4.0/23]",
      "[10.60.0.0/16]",
      "  sshFrom",
      'network.sshFrom[0]: "10.60.0.0/16" overlaps with network.cidr (10.60.0.0/24); choose a network.cidr that is used nowhere around',
    ],
    [
      "overlapping networks in a list",
      "[172.24.4.0/23]",
      "[172.24.4.0/23, 172.24.5.0/24]",
      "  sshFrom",
      'network.sshFrom[1]: "172.24.5.0/24" overlaps with network.sshFrom[0] (172.24.4.0/23); keep the larger one',
    ],
    [
      "no network for project services",
      SERVICES,
      "services: { connection: routed }",
      "  services: { connection",
      "network.services.cidr: is missing, but project services is another than project build and has a network of its own; write one that is used nowhere around, as cidr: 10.60.1.0/24, or connection: shared",
    ],
    [
      "an existing network beside one of project services",
      "  cidr: 10.60.0.0/24",
      "  cidr: 10.60.0.0/24\n  existing: theirs",
      "  existing",
      'network.existing: "theirs" can\'t be routed to a network of project services; set network.services.connection: shared',
    ],
    [
      "services' network overlapping build's",
      "cidr: 10.60.1.0/24",
      "cidr: 10.60.0.128/25",
      "  services: { connection",
      'network.services.cidr: "10.60.0.128/25" overlaps with network.cidr (10.60.0.0/24), which it is routed to; choose a network that is used nowhere around',
    ],
    [
      "services' network overlapping the people's",
      "[172.24.4.0/23]",
      "[10.60.1.0/24]",
      "  sshFrom",
      'network.sshFrom[0]: "10.60.1.0/24" overlaps with network.services.cidr (10.60.1.0/24); choose a network.services.cidr that is used nowhere around',
    ],
    [
      "listed twice",
      "[172.24.4.1]",
      "[172.24.4.1, 172.24.4.1]",
      "  dns",
      'network.dns[1]: "172.24.4.1" is listed twice; list it once',
    ],
    [
      "home region of another cloud",
      "RegionOne, cloud: build,",
      "RegionOne, cloud: production,",
      "  - { name: RegionOne",
      'regions[0].cloud: "production" is not project build\'s cloud ("build"), but images are built and tested in the first region; list a region of project build first',
    ],
    [
      "two regions of one name",
      "name: RegionTwo",
      "name: RegionOne",
      "cloud: build-r2",
      'regions[1].name: "RegionOne" is the name of regions[0] too; give each region a name of its own',
    ],
    [
      "one region under two names",
      "cloud: build-r2, region: RegionTwo",
      "cloud: build, region: RegionOne",
      "name: RegionTwo",
      "regions[1]: is the same region of the same cloud as regions[0]; list each once",
    ],
    [
      "one bucket for two writers",
      "release: demo-release",
      "release: demo-staging",
      "release: demo-staging",
      'buckets.release: "demo-staging" is bucket staging too, but different writers may write to them; give each a bucket of its own',
    ],
    [
      "enumeration",
      "kind: swift",
      "kind: swfit",
      "kind:",
      'buckets.kind: "swfit" is none of swift, obs; did you mean "swift"?',
    ],
    [
      "an existing directory without its password",
      "  adminGroup: factory-admins",
      '  provider: { url: ldaps://ldap.example.org, bindDn: "cn=replicator,dc=example,dc=org" }',
      "provider: {",
      "directory.provider: is an existing directory, whose password can't be generated; say where it comes from in secrets.directoryReplicator",
    ],
    [
      "a branch that git would take for an option",
      "  mirrors: {",
      '  git: { url: "https://git.example.org/a.git", ref: "-f" }\n  mirrors: {',
      "git: {",
      'infrastructure.git.ref: "-f" is no branch or tag; write it as main',
    ],
    [
      "out of range",
      "expireHours: 24",
      "expireHours: 0",
      "expireHours",
      "build.expireHours: 0 is too small; give at least 1",
    ],
    [
      "no mail address",
      "team: images@example.org",
      "team: images",
      "team:",
      'notify.team: "images" is no mail address; write it as images@example.org',
    ],
    [
      "no fingerprint",
      "key: generate",
      "key: 0xDEADBEEF",
      "key: 0x",
      "signing.key: 3735928559 is not text; write it as text, in quotes if it looks like a number",
    ],
    [
      "no mirror",
      "{ debian: auto,",
      "{ debian: mirror,",
      "debian: mirror",
      'infrastructure.mirrors.debian: "mirror" is neither auto nor a web address; write auto or http://mirror.example.org/debian',
    ],
    [
      "mirror without https whose keys are read from it",
      "{ debian: auto,",
      "{ rocky: http://mirror.example.org/rocky, debian: auto,",
      "rocky:",
      'infrastructure.mirrors.rocky: "http://mirror.example.org/rocky" is no address with https, which its keys are read by; write it as https://mirror.example.org/rocky',
    ],
    [
      "name of the factory",
      "factory: demo",
      "factory: Demo_1",
      "factory: Demo",
      'factory: "Demo_1" is no name for a factory; use 1 to 15 of a-z 0-9 - and begin with a letter',
    ],
  ])("%s", (_, from, to, at, expected) => {
    const text = changed([from, to]);
    expect(problems(text)).toEqual([`factory.yaml:${lineOf(text, at)}: ${expected}`]);
  });

  test("a key that is there twice", () => {
    const text = changed(["  external: public", "  external: public\n  external: private"]);
    expect(problems(text)).toEqual([
      `factory.yaml:${lineOf(text, "  external: private")}: "external" is there twice; keep one of them`,
    ]);
  });

  test("what is no YAML is one line, whatever else the parser finds after it", () => {
    for (const text of ["factory: [demo\nprojects: {}\n", "[[[", "{]}", "a: {b\nc: d"]) {
      const [line, ...others] = problems(text);
      expect(line).toMatch(/^factory\.yaml:\d: is no YAML: .*; check quotes, colons and indentation there$/);
      expect(others).toEqual([]);
    }
    expect(problems("factory: demo\n---\nfactory: other\n")).toEqual([
      "factory.yaml:2: has several documents; keep what stands before the ---",
    ]);
  });

  test("what looks like an alias", () => {
    expect(problems("network:\n  dns: *all\n")).toEqual([
      "factory.yaml:2: has *all, but no &all before it; put it in quotes if it is text",
    ]);
    expect(problems("factory: &name demo\nprojects: *name\n").join()).not.toContain("&name");
  });

  test("an empty file, and one that is no mapping", () => {
    for (const text of ["", "# only this\n", "~"])
      expect(problems(text)).toEqual(["factory.yaml:1: is empty; write keys and values into it"]);
    expect(problems("hello")).toEqual(['factory.yaml:1: "hello" is not a mapping; write keys and values below it']);
  });
});

test("all problems at once, from the top to the bottom", () => {
  const text = changed(
    ["factory: demo", "factory: Demo"],
    ["cidr: 10.60.0.0/24", "cidr: 172.24.4.0/24"],
    ["external: public", "extern: public"],
    ["scratchGiB: 30", "scratchGiB: lots"],
    ["release: demo-release", "release: demo-staging"],
  );
  const found = problems(text);
  expect(found.map((line) => line.split(": ")[1])).toEqual([
    "factory",
    "network.external",
    "network.extern",
    "network.sshFrom[0]",
    "nodes.buildHost.scratchGiB",
    "buckets.release",
  ]);
  const lines = found.map((line) => Number(line.split(":")[1]));
  expect(lines).toEqual([...lines].sort((a, b) => a - b));
});

describe("secrets", () => {
  test.each(["password", "secret", "apiKey", "token", "application_credential_secret", "passphrase"])(
    "a key called %s is refused without its value",
    (key) => {
      const text = changed(["  build: { cloud: build }", `  build: { cloud: build, ${key}: hunter2 }`]);
      expect(problems(text)).toEqual([
        `factory.yaml:${lineOf(text, "hunter2")}: projects.build.${key}: looks like a secret; take it out and change it; secrets belong in clouds.yaml or in the environment, never in this file`,
      ]);
    },
  );

  test.each([
    ["a password in an address", "https://user:hunter2@git.example.org/images.git"],
    ["a private key", "-----BEGIN OPENSSH PRIVATE KEY----- hunter2"],
  ])("%s is refused without showing it", (_, value) => {
    const text = changed([
      "  # git: { url: https://git.example.org/images.git, ref: main }",
      `  git: { url: "${value}" }`,
    ]);
    const found = problems(text);
    expect(found[0]).toMatch(/infrastructure\.git\.url: holds a secret; take it out/);
    expect(found.join("\n")).not.toContain("hunter2");
  });
});

test("regions are told even when the rest is wrong: the images' references are checked all the same", () => {
  expect(parseConfig(changed(["factory: demo", "factory: 1"]), "f")).toMatchObject({
    regionNames: ["RegionOne", "RegionTwo"],
  });
});
