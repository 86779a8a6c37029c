import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { makeAuthority } from "../../../deployer/authority";
import { STAGE_NAMES } from "../../../model/stages";
import { eventually } from "../../support/eventually";
import { JENKINS } from "../../support/jenkins-harness";

/** jenkins/check with a stand-in for the controller: what it asks, keeps and says, and that it ends what it started. */
const PROGRAM = path.join(JENKINS, "check");
const folder = mkdtempSync(path.join(tmpdir(), "jenkins-check-"));
afterAll(() => rmSync(folder, { recursive: true }));
const [war, plugins, secret] = [
  path.join(folder, "jenkins.war"),
  path.join(folder, "plugins"),
  path.join(folder, "key"),
];
const wanted = (
  parse(readFileSync(path.join(JENKINS, "plugins.yaml"), "utf8")) as {
    readonly plugins: readonly { readonly artifactId: string; readonly source: { readonly version: string } }[];
  }
).plugins.map(({ artifactId, source }) => [artifactId, source.version] as const);

/** Archives that say who they are. */
function makePlugins(directory: string, all: readonly (readonly [string, string])[]): void {
  const make = `
import json, os, sys, zipfile
directory, plugins = json.load(sys.stdin)
os.makedirs(directory)
for name, version in plugins:
    with zipfile.ZipFile(os.path.join(directory, name + '.jpi'), 'w') as archive:
        archive.writestr('META-INF/MANIFEST.MF', 'Short-Name: %s\\r\\nPlugin-Version: %s\\r\\n' % (name, version))`;
  execFileSync("python3", ["-c", make], { input: JSON.stringify([directory, all]) });
}

beforeAll(() => {
  writeFileSync(war, "");
  writeFileSync(secret, "value\n");
  makePlugins(plugins, wanted);
});

const java = path.join(__dirname, "stand-in-java");
const common = ["--war", war, "--plugins", plugins, "--java", java];
const agent = ["--agent", "deployer@127.0.0.1:2222", "--agent-key", secret, "--agent-host-key", "ssh-ed25519 AAAA"];

function check(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const out = mkdtempSync(path.join(folder, "o-"));
  const options = { encoding: "utf8" as const, env: { ...process.env, ...env }, timeout: 120_000 };
  const { status, stdout, stderr } = spawnSync(PROGRAM, [...args, "--out", path.join(out, "out")], options);
  const kept = path.join(out, "out");
  const report = existsSync(kept) ? readFileSync(path.join(kept, "report.txt"), "utf8") : undefined;
  return { status, stdout, stderr, report, kept, lines: stdout.trimEnd().split("\n") };
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const VALID = ["build-all", "image", "reap", "seed", "selfcheck", "stop"].map(
  (name) => `ok      ${name}.Jenkinsfile: Jenkinsfile successfully validated.`,
);
const PLUGINS = `ok      plugins: the ${wanted.length} of plugins.yaml`;
const UP = "ok      the controller is up, configured by JCasC";
const SEEN = ["ok      admin sees the jobs", "ok      nobody does not see the jobs"];

test("boots with this checkout's configuration, has every Jenkinsfile validated; nothing stays, no secret either", () => {
  const pid = path.join(folder, "pid");
  const { status, stderr, lines, stdout, report, kept } = check(common, { STAND_IN_PID: pid });
  expect(stderr).toBe("");
  expect(lines).toEqual([PLUGINS, UP, ...VALID, ...SEEN]);
  expect(report).toBe(stdout);
  expect(status).toBe(0);
  expect(alive(Number(readFileSync(pid, "utf8")))).toBe(false);
  expect(readdirSync(kept).sort()).toEqual(["casc", "git", "home", "jenkins.log", "report.txt"]);
  expect(readdirSync(path.join(kept, "home"))).toEqual(["plugins"]);
}, 150_000);

test("with an agent and an image: waits for the seed, lists the jobs, follows a build and compares its stages", () => {
  const { status, lines, kept } = check([...common, ...agent, "--image", "debian-12"]);
  const jobs = lines.find((line) => line.includes("jobs: "))!;
  expect(jobs).toMatch(/^ok {6}jobs: images\/debian\/debian-12, images\/debian\/debian-12-kiwi, /);
  expect(lines.slice(2 + VALID.length)).toEqual([
    "ok      seed: SUCCESS",
    jobs,
    ...STAGE_NAMES.map((name) => `        stage ${name}`),
    "ok      images/debian/debian-12: SUCCESS, well",
    `ok      stages: ${STAGE_NAMES.join(", ")}`,
    "ok      agents left: deployer",
    ...SEEN,
  ]);
  expect(status).toBe(0);
  expect(readFileSync(path.join(kept, "build.log"), "utf8").match(/its output/g)).toHaveLength(15);
  const casc = readFileSync(path.join(kept, "casc", "agent.yaml"), "utf8");
  expect(casc).toContain("port: 2222");
}, 150_000);

test("with a directory: an owner gets in, a stranger does not, by the CA that Java is told to trust", async () => {
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const people = ["--owner-file", file("owner", "olga:secret\n"), "--stranger-file", file("stranger", "sam:secret\n")];
  const ca = file("ca.pem", (await makeAuthority("test")).replace(/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*/, ""));
  const url = "ldaps://directory.example.org:636";
  const { status, lines, kept } = check([
    ...[...common, "--ldap", url, "--ldap-ca", ca, "--reader-password-file", secret],
    ...people,
  ]);
  expect(lines.slice(-3)).toEqual([
    "ok      olga sees the jobs",
    "ok      nobody does not see the jobs",
    "ok      sam does not see the jobs",
  ]);
  expect(status).toBe(0);
  expect(readFileSync(path.join(kept, "casc", "access.directory.yaml"), "utf8")).toContain(`server: ${url}`);
  expect(existsSync(path.join(kept, "casc", "access.local.yaml"))).toBe(false);
  expect(existsSync(path.join(kept, "trust", "store"))).toBe(true);
}, 150_000);

test("the served repository has the commit on a branch, also of a checkout that is on none", () => {
  const { kept } = check(common);
  const heads = execFileSync("git", [
    "-C",
    path.join(kept, "git", "factory.git"),
    "for-each-ref",
    "refs/heads/checked",
  ]);
  const head = execFileSync("git", ["-C", JENKINS, "rev-parse", "HEAD"], { encoding: "utf8" }).trim();
  expect(heads.toString()).toContain(head);
}, 150_000);

describe("what is not well makes its exit status 1, in one line", () => {
  test.each<[string, readonly string[], NodeJS.ProcessEnv, string]>([
    ["a refused Jenkinsfile", common, { STAND_IN: "strict" }, "image.Jenkinsfile: Errors encountered validating"],
    [
      "an agent that was left",
      [...common, ...agent, "--image", "debian-12"],
      { STAND_IN: "lost" },
      "agents left: deploy",
    ],
    ["no Java", [...common, "--java", "/none/java"], {}, "/none/java: No such file or directory"],
    [
      "a Java that ends",
      common,
      { STAND_IN: "dies" },
      "the controller: Java ended with exit status 5; see jenkins.log",
    ],
    ["no war", [...common, "--war", "/none.war"], {}, "/none.war: is no file"],
    [
      "an image without a job",
      [...common, ...agent, "--image", "debian-99"],
      {},
      "the seed has made no job of debian-99",
    ],
  ])(
    "%s",
    (_, args, env, line) => {
      const { status, lines, stderr } = check(args, env);
      expect(stderr).toBe("");
      expect(lines.filter((one) => one.startsWith("NOT OK"))).toEqual([expect.stringContaining(line)]);
      expect(status).toBe(1);
    },
    150_000,
  );

  test("plugins that are missing, or of another version", () => {
    const [[first], [second, version]] = [wanted[0]!, wanted[1]!];
    const others = path.join(folder, "others");
    makePlugins(others, [[second, "1"], ...wanted.slice(2)]);
    const { status, lines } = check([...common, "--plugins", others]);
    expect(lines[0]).toBe(`NOT OK  plugins: missing: ${first}; ${second} 1 instead of ${version}`);
    expect(status).toBe(1);
  }, 150_000);

  test("plugins that nobody pinned are told, and not used", () => {
    const more = path.join(folder, "more");
    makePlugins(more, [...wanted, ["zz-more", "1"]]);
    const { status, lines, kept } = check([...common, "--plugins", more]);
    expect([status, lines[0]]).toEqual([0, `${PLUGINS}; not used: zz-more`]);
    expect(readdirSync(path.join(kept, "home", "plugins"))).not.toContain("zz-more.jpi");
  }, 150_000);

  test.each<[string, (file: string) => void]>([
    ["is no archive", (file) => writeFileSync(file, "")],
    [
      "does not say what it is",
      (file) => execFileSync("python3", ["-c", "import sys, zipfile; zipfile.ZipFile(sys.argv[1], 'w')", file]),
    ],
  ])("a plugin that %s is named", (_, spoil) => {
    const spoilt = mkdtempSync(path.join(folder, "spoilt-"));
    const file = path.join(spoilt, `${wanted[0]![0]}.jpi`);
    spoil(file);
    const { status, lines, stderr } = check([...common, "--plugins", spoilt]);
    expect([status, lines, stderr]).toEqual([1, [`NOT OK  ${file}: is no plugin`], ""]);
  });
});

test.each([
  ["without --war", ["--plugins", "p"], "the following arguments are required: --war"],
  [
    "a directory without its people",
    [...common, "--ldap", "ldaps://d"],
    "wants --owner-file and --reader-password-file",
  ],
  ["an agent without its key", [...common, "--agent", "a@b"], "a@b: wants --agent-key and --agent-host-key, too"],
  ["an image without an agent", [...common, "--image", "debian-12"], "debian-12: wants --agent, too"],
  [
    "an agent that is no user of a machine",
    [...common, "--agent", "x", "--agent-key", "k", "--agent-host-key", "h"],
    "--agent x: write it as USER@127.0.0.1 or USER@127.0.0.1:PORT",
  ],
])("refuses %s at once", (_, args, message) => {
  const { status, stderr, report } = check(args);
  expect([status, report]).toEqual([2, undefined]);
  expect(stderr).toContain(message);
});

test("refuses a folder that is there", () => {
  const { status, stderr } = spawnSync(PROGRAM, [...common, "--out", folder], { encoding: "utf8" });
  expect(status).toBe(2);
  expect(stderr).toContain("is there already; name another folder with --out");
});

describe("who ends it ends what it started", () => {
  /** Sends signals while it waits for a seed that there is not; its exit status, and whether Java was let go on. */
  async function ended(how: string, signals: readonly NodeJS.Signals[]) {
    const out = path.join(mkdtempSync(path.join(folder, "e-")), "out");
    const file = path.join(path.dirname(out), "pid");
    const child = spawn(PROGRAM, [...common, ...agent, "--out", out], {
      env: { ...process.env, STAND_IN_PID: file, STAND_IN: how },
      stdio: "ignore",
    });
    const end = new Promise<number | null>((resolve) => child.on("exit", resolve));
    const report = path.join(out, "report.txt");
    const says = (text: string) => () =>
      Promise.resolve(existsSync(report) && readFileSync(report, "utf8").includes(text) ? true : undefined);
    await eventually("the Jenkinsfiles are validated", says("selfcheck"), { timeout: 60_000, interval: 200 });
    for (const signal of signals) {
      child.kill(signal);
      await eventually("it is told", says("ended by"), { timeout: 10_000, interval: 50 });
    }
    const status = await end;
    const kept = { secrets: existsSync(path.join(out, "secrets")), home: readdirSync(path.join(out, "home")) };
    return {
      status,
      alive: alive(Number(readFileSync(file, "utf8"))),
      kept,
      last: readFileSync(report, "utf8").trimEnd().split("\n").at(-1),
    };
  }

  test.each<[NodeJS.Signals, number]>([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
    ["SIGINT", 130],
  ])(
    "by %s",
    async (signal, status) => {
      const kept = { secrets: false, home: ["plugins"] };
      expect(await ended("unseeded", [signal])).toEqual({
        status,
        alive: false,
        kept,
        last: `NOT OK  ended by ${signal}`,
      });
    },
    90_000,
  );

  test("also one who can't wait for it", async () => {
    expect(await ended("stubborn", ["SIGINT", "SIGINT", "SIGHUP"])).toMatchObject({
      status: 130,
      alive: false,
      kept: { secrets: false },
    });
  }, 90_000);
});
