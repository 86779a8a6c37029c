/** The command line as a user meets it: what it prints, and its exit status. */
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runCommandLine } from "../../../cli/run";
import { roleTag } from "../../../model/naming";
import { CloudServer } from "../openstack/cloud-server";
import { FakeBarbican } from "../openstack/fake-barbican";

const repository = path.join(__dirname, "..", "..", "..");
let root: string;
let cloud: CloudServer;
let out: string;
let err: string;
const environment = process.env;

beforeEach(async () => {
  root = mkdtempSync(path.join(tmpdir(), "cli-"));
  cpSync(path.join(repository, "images"), path.join(root, "images"), { recursive: true });
  copyFileSync(path.join(repository, "factory.yaml"), path.join(root, "factory.yaml"));
  cloud = await CloudServer.start();
  // All sessions the same token: the server knows the last one only.
  cloud.on("POST /v3/auth/tokens", cloud.tokenReply());
  const entry = {
    auth: { auth_url: cloud.url, username: "u", password: "hunter2-secret", project_name: "p" },
    region_name: "RegionOne",
  };
  const clouds = Object.fromEntries(["build", "build-r2", "services", "production"].map((name) => [name, entry]));
  writeFileSync(path.join(root, "clouds.yaml"), JSON.stringify({ clouds }));
  process.env = { ...environment, OS_CLIENT_CONFIG_FILE: path.join(root, "clouds.yaml") };
  for (const name of ["FACTORY_CONFIG", "FACTORY_HOME", "FACTORY_DEBUG"]) delete process.env[name];
  out = "";
  err = "";
  jest.spyOn(process.stdout, "write").mockImplementation((text) => ((out += String(text)), true));
  jest.spyOn(process.stderr, "write").mockImplementation((text) => ((err += String(text)), true));
});
afterEach(async () => {
  jest.restoreAllMocks();
  process.env = environment;
  await cloud.stop();
  rmSync(root, { recursive: true });
});

const factory = (...words: string[]): Promise<number> => runCommandLine(words, root);
const edit = (from: string, to: string): void => {
  const file = path.join(root, "factory.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace(from, to));
};

describe("help and usage", () => {
  test("help names every command and the environment, and none of the internal ones", async () => {
    expect(await factory("--help")).toBe(0);
    for (const word of [
      "setup",
      "validate",
      "build",
      "builds",
      "reap",
      "status",
      "ssh",
      "replace",
      "destroy",
      "artefacts",
      "FACTORY_HOME",
    ]) {
      expect(out).toContain(word);
    }
    expect(out).not.toContain("internal");
  });

  test.each([
    [["nonsense"], "unknown command 'nonsense'"],
    [["build"], "missing required argument 'image'"],
    [["buidl", "debian-12"], "Did you mean build?"],
    [["builds", "--limit", "none"], "must be a whole number above 0"],
    [["build", "list", "--limit", "none"], "must be a whole number above 0"],
    [["build", "show"], "missing required argument 'build'"],
    [["build", "debian-12", "--only", "test", "--from", "test"], "'--only <stages>' cannot be used with option"],
    [["build", "debian-12", "--run-tests-only", "--until", "sign"], "cannot be used with option '--until <stage>'"],
    [
      ["internal", "retain", "--project", "other", "--kind", "volume", "--name", "x"],
      "Allowed choices are build, services, production",
    ],
  ])("%j is wrong usage: status 2 and a line that says why", async (words, message) => {
    expect(await factory(...words)).toBe(2);
    expect(err).toContain(message);
  });
});

describe("a part of a build", () => {
  test.each([
    [["--from", "tests"], {}, "--from tests: there is no such stage; one of checkout, configure-host, "],
    [["--until", "1"], {}, "--until 1: stage 1 is not one of the build host's; one of spawn-build-host, "],
    [["--from", "test", "--until", "register"], {}, "--until register: comes before --from test"],
    [["--only", "13", "--skip-publish"], {}, "--skip-publish leaves request-publication out: ask for one of them"],
    [[], { FACTORY_UNTIL: "nowhere" }, "--until nowhere: there is no such stage"],
  ])("%j with %j is refused in one line, before any cloud is asked", async (words, env, message) => {
    Object.assign(process.env, env);
    expect(await factory("build", "debian-12", ...words)).toBe(1);
    expect(err.trim().split("\n")).toEqual([expect.stringContaining(`factory: ${message}`)]);
    expect(cloud.seen).toEqual([]);
  });
});

describe("reap", () => {
  const build = "debian-12-202601010000-0001";
  const left = (expires: string) => [
    "image-factory",
    "factory=demo",
    "image=debian-12",
    `build=${build}`,
    `expires=${expires}`,
  ];
  const inTheCloud = (ports: readonly object[]): void => {
    cloud
      .on("GET /v2.1/servers/detail", { json: { servers: [] } })
      .on("GET /v2.0/ports", { json: { ports } })
      .on("GET /v2.0/security-groups", { json: { security_groups: [] } })
      .on("GET /v3/p1/volumes/detail", { json: { volumes: [] } })
      .on("GET /v2/images", { json: { images: [] } })
      .on("GET /two/v2/images", { json: { images: [] } });
  };

  test("lists what has expired and deletes nothing unless it is told to", async () => {
    inTheCloud([
      { id: "one", tags: left("2026-01-02T00:00:00Z") },
      { id: "two", tags: left("2126-01-02T00:00:00Z").map((tag) => tag.replace("-0001", "-0002")) },
      { id: "three", tags: ["image-factory"] },
    ]);
    expect(await factory("reap")).toBe(0);
    expect(out).toMatch(new RegExp(`^${build} +2026-01-02 00:00 +1 ports$`, "m"));
    expect(out).not.toContain("-0002");
    expect(out).toContain("nothing is deleted: factory reap --delete does it");
    expect(cloud.seen.filter(({ method }) => method === "DELETE")).toEqual([]);
  });

  test("nothing has expired: one line", async () => {
    inTheCloud([]);
    expect(await factory("reap", "--delete")).toBe(0);
    expect(out).toBe("no build has left anything behind whose time is over\n");
  });

  test("a listing that fails is an error, never taken for nothing there", async () => {
    inTheCloud([]);
    cloud.on("GET /v3/p1/volumes/detail", { status: 500, json: {} });
    expect(await factory("reap")).toBe(1);
    expect(err).toMatch(/^factory: .*500/);
  });
});

describe("build cancel", () => {
  test("an image without a build that has a host is one line", async () => {
    cloud.on("GET /v2.1/servers/detail", { json: { servers: [] } });
    expect(await factory("build", "cancel", "debian-12")).toBe(1);
    expect(err).toBe(
      "factory: debian-12: there is no build with a host; factory build list shows what became of its builds\n",
    );
  });
});

describe("validate", () => {
  test("a valid configuration is one line", async () => {
    expect(await factory("validate")).toBe(0);
    expect(out).toMatch(/^factory "demo" is valid: 2 regions, \d+ images \(.*debian-12.*\)\n$/);
  });

  test("all problems come at once, one line each, without a cloud and without a stack", async () => {
    edit("cidr: 10.60.0.0/24", "cidr: 10.60.0.0/33");
    edit("team: images@example.org", "team: nobody");
    expect(await factory("validate")).toBe(1);
    const lines = err.trim().split("\n");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^factory\.yaml:\d+: network\.cidr: /);
    expect(cloud.seen).toEqual([]);
  });

  test("for programs as JSON", async () => {
    edit("cidr: 10.60.0.0/24", "cidr: 10.60.0.0/33");
    expect(await factory("validate", "--json")).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ valid: false, problems: [{ file: "factory.yaml", path: "network.cidr" }] });
  });

  test("every other command refuses a broken configuration the same way", async () => {
    edit("cidr: 10.60.0.0/24", "cidr: 10.60.0.0/33");
    expect(await factory("status")).toBe(1);
    expect(err).toMatch(/^factory: factory\.yaml:\d+: network\.cidr: .*\n$/);
  });
});

describe("errors", () => {
  test("a clouds.yaml that lacks an entry is one line", async () => {
    edit("build: { cloud: build }", "build: { cloud: nobody }");
    edit("{ name: RegionOne, cloud: build,", "{ name: RegionOne, cloud: nobody,");
    expect(await factory("builds")).toBe(1);
    expect(err).toMatch(/^factory: .*clouds\.yaml: no entry "nobody" under "clouds:"; there are: build, .*\n$/);
  });

  test("a factory that is not deployed is one line with the remedy", async () => {
    cloud.on("GET /v2.1/servers/detail", { json: { servers: [] } });
    expect(await factory("builds")).toBe(1);
    expect(err).toBe(
      "factory: build: there is no server demo-nfs-server: deploy the factory first (cdktf deploy factory)\n",
    );
  });

  test("what nobody expected is one line, its details are kept; FACTORY_DEBUG=1 shows them", async () => {
    cloud.on("GET /v2.1/servers/detail", { json: { servers: [null] } });
    expect(await factory("builds")).toBe(1);
    const file = path.join(root, ".factory", "errors.log");
    expect(err).toMatch(/^factory: unexpected: .*\n$/);
    expect(err).toContain(`details in ${file}; FACTORY_DEBUG=1 shows it`);
    expect(readFileSync(file, "utf8")).toMatch(/TypeError: .*\n\s+at /);
    err = "";
    process.env["FACTORY_DEBUG"] = "1";
    expect(await factory("builds")).toBe(1);
    expect(err).toMatch(/\n\s+at /);
  });
});

describe("a home that can't be used", () => {
  let home: string;
  beforeEach(() => {
    writeFileSync(path.join(root, "file"), "");
    home = process.env["FACTORY_HOME"] = path.join(root, "file", "home");
  });
  const said = (): string =>
    `factory: FACTORY_HOME: ${home} can't be made: ${root}/file is no directory; set it to a directory that can be written to\n`;

  test("is one line where something is to be kept in it", async () => {
    const addresses = { demo: [{ addr: "10.60.0.9", version: 4, "OS-EXT-IPS:type": "fixed" }] };
    const servers = (["jump-host", "nfs-server"] as const).map((role) => {
      const tags = ["image-factory", "factory=demo", roleTag(role)];
      return { id: role, name: `demo-${role}`, status: "ACTIVE", tags, addresses };
    });
    const key = `AAAAC3NzaC1lZDI1NTE5AAAAI${"A".repeat(43)}`;
    const console = ["BEGIN SSH HOST KEY KEYS-----", `ssh-ed25519 ${key} root`, "-----END SSH HOST KEY KEYS-----"];
    cloud
      .on("GET /v2.1/servers/detail", { json: { servers } })
      .on("POST /v2.1/servers/jump-host/action", { json: { output: console.join("\n") } });
    expect(await factory("builds")).toBe(1);
    expect(err).toBe(said());
  });

  test("is the first thing that setup tells", async () => {
    expect(await factory("setup")).toBe(1);
    expect(err).toBe(said());
    expect(out).toBe("");
    expect(cloud.seen).toEqual([]);
  });
});

describe("setup", () => {
  const nothingThere = (): void => {
    cloud
      .on("GET /v2.1/servers/detail", { json: { servers: [] } })
      .on("GET /v2.0/networks", { json: { networks: [] } });
  };

  test("makes home, SSH key and signing key, and the second time nothing", async () => {
    nothingThere();
    expect(await factory("setup")).toBe(0);
    const home = path.join(root, ".factory");
    expect(statSync(home).mode & 0o777).toBe(0o700);
    expect(readFileSync(path.join(home, ".gitignore"), "utf8")).toBe("*\n");
    expect(statSync(path.join(home, "ssh", "id_ed25519")).mode & 0o777).toBe(0o600);
    const key = readFileSync(path.join(home, "ssh", "id_ed25519.pub"), "utf8");
    expect(key).toMatch(/^ssh-ed25519 \S+ demo-deployer\n$/);
    expect(out).toMatch(/signing key: [0-9A-F]{40} was made, without a passphrase/);
    out = "";
    expect(await factory("setup")).toBe(0);
    expect(out).not.toContain("was made");
    expect(readFileSync(path.join(home, "ssh", "id_ed25519.pub"), "utf8")).toBe(key);
  });

  test("refuses where a factory of that name exists that this home knows nothing of, and leaves no key behind", async () => {
    nothingThere();
    cloud.on("GET /v2.0/networks", { json: { networks: [{ id: "n", tags: ["image-factory", "factory=demo"] }] } });
    expect(await factory("setup")).toBe(1);
    expect(err).toMatch(
      /^factory: build: there is a factory "demo" already, and .*\.factory has no state of it; set FACTORY_HOME .*\n$/,
    );
    expect(existsSync(path.join(root, ".factory"))).toBe(false);
    mkdirSync(path.join(root, ".factory", "state"), { recursive: true });
    writeFileSync(path.join(root, ".factory", "state", "factory.tfstate"), "{}");
    expect(await factory("setup")).toBe(0);
  });
});

describe("status", () => {
  const limits = { totalInstancesUsed: 2, maxTotalInstances: 10, totalVolumesUsed: 1, maxTotalVolumes: -1 };
  beforeEach(() => {
    cloud
      .on("GET /v2.1/limits", { json: { limits: { absolute: limits } } })
      .on("GET /v3/p1/limits", { json: { limits: { absolute: limits } } })
      .on("GET /v2.1/flavors/detail", { json: { flavors: [] } });
  });

  test("of nothing says so", async () => {
    cloud
      .on("GET /v2.1/servers/detail", { json: { servers: [] } })
      .on("GET /v3/p1/volumes/detail", { json: { volumes: [] } })
      .on("GET /key-manager/v1/secrets", { json: { secrets: [], total: 0 } })
      .on("GET /v2/images", { json: { images: [] } })
      .on("GET /two/v2/images", { json: { images: [] } });
    for (const name of ["requests", "staging", "release", "backups"])
      cloud.on(`HEAD /v1/AUTH_p1/demo-${name}`, { status: 404 });
    expect(await factory("status")).toBe(1);
    expect(out).toBe("factory demo is not deployed\n");
    out = "";
    expect(await factory("status", "--show-retained")).toBe(0);
    expect(out).toBe("nothing is retained\n");
  });

  test("tells what it can and what it can't find out; then its status is 1", async () => {
    cloud
      .on("GET /v2.1/servers/detail", { status: 403, text: "no" })
      .on("GET /v3/p1/volumes/detail", {
        json: {
          volumes: [
            {
              id: "v",
              name: "demo-nfs-server-data",
              size: 40,
              status: "available",
              metadata: { image_factory: "demo" },
            },
          ],
        },
      })
      .on("GET /v2/images", { json: { images: [] } })
      .on("GET /two/v2/images", { json: { images: [] } });
    for (const name of ["requests", "staging", "release", "backups"])
      cloud.on(`HEAD /v1/AUTH_p1/demo-${name}`, { status: 404 });
    const barbican = new FakeBarbican(cloud);
    barbican.put("demo-ca", "-----BEGIN PRIVATE KEY-----");
    const certificate = barbican.put("demo-image-signing-0123456789abcdef", "-----BEGIN CERTIFICATE-----");
    expect(await factory("status", "--show-retained")).toBe(1);
    expect(out).toMatch(/^SECRET\ndemo-ca$/m);
    expect(out).not.toContain("PRIVATE KEY");
    expect(out).toMatch(/^CERTIFICATE +REGION +ID$/m);
    expect(out).toMatch(new RegExp(`^demo-image-signing-0123456789abcdef +RegionOne +${certificate}$`, "m"));
    expect(out).toMatch(/^demo-nfs-server-data +\w+ +40 GiB/m);
    expect(out).not.toContain("nothing");
    expect(err).toMatch(/^factory: nodes: .* 403: no\n$/);
  });
});

describe("destroy", () => {
  test("refuses while there are builds, in the cloud or in this home's state", async () => {
    const tags = ["image-factory", "factory=demo", "build=debian-12-202601010000-0001"];
    const addresses = { demo: [{ addr: "10.60.0.9", version: 4, "OS-EXT-IPS:type": "fixed" }] };
    const server = { id: "s", name: "debian-12-202601010000-0001", tags, addresses };
    cloud.on("GET /v2.1/servers/detail", { json: { servers: [server] } });
    const state = path.join(root, ".factory", "state");
    mkdirSync(state, { recursive: true });
    const resources = [{ type: "terraform_data", name: "build-id", instances: [{}] }];
    // The state of the build whose host is in the cloud, and another build's.
    for (const stack of ["build-debian-12", "build-minimal"])
      writeFileSync(path.join(state, `${stack}.tfstate`), JSON.stringify({ resources }));
    expect(await factory("destroy", "--purge-data")).toBe(1);
    expect(err).toMatch(/^factory: factory demo: volumes, .* are deleted for good; say that it shall be so: --yes\n$/);
    err = "";
    expect(await factory("destroy", "--purge-data", "--yes")).toBe(1);
    expect(err).toBe(
      "factory: there are builds: debian-12-202601010000-0001, build-minimal; end them first: cdktf destroy build-<image>\n",
    );
  });

  test("refuses when the listing fails: that is not nothing there", async () => {
    cloud.on("GET /v2.1/servers/detail", { status: 403, text: "no" });
    expect(await factory("destroy")).toBe(1);
    expect(err).toMatch(/compute GET \/servers\/detail: 403: no/);
  });
});
