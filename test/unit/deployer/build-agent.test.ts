import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { agentOf, prepareAgent, publicKeyIn } from "../../../deployer/build-agent";
import { BUILD_AGENT } from "../../../model/jenkins";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJenkins";
const directory = mkdtempSync(path.join(tmpdir(), "build-agent-"));
afterAll(() => rmSync(directory, { recursive: true }));

describe("what Jenkins is told", () => {
  const node = { name: "debian-12-202601010000-0001", role: "build-host" as const, address: "10.60.0.7" };
  const keys = [
    { type: "ssh-rsa", key: "AAAArsa" },
    { type: "ssh-ed25519", key: "AAAAhost" },
  ];

  test("the build, its address, and the host key that its console showed", () => {
    expect(agentOf(node, keys)).toEqual({
      build: "debian-12-202601010000-0001",
      address: "10.60.0.7",
      hostKey: "ssh-ed25519 AAAAhost",
      directory: "/var/lib/factory-agent",
      credentials: "build-host",
      unit: "factory-build.service",
    });
  });

  test("fails for another node, and without a pinned key", () => {
    expect(() => agentOf({ ...node, role: "nfs-server" }, keys)).toThrow("is no build host");
    expect(() => agentOf(node, keys.slice(0, 1))).toThrow("no ssh-ed25519 host key of it is pinned");
  });
});

describe("the key that Jenkins logs in with", () => {
  const file = path.join(directory, "authorized_keys");

  test.each([
    ["alone", `${KEY}\n`],
    ["behind options", `from="127.0.0.1,::1",restrict ${KEY} jenkins\n`],
  ])("is found %s", (_, text) => {
    writeFileSync(file, text);
    expect(publicKeyIn(file)).toBe(KEY);
  });

  test("fails where there is none, and says what to do elsewhere", () => {
    expect(() => publicKeyIn(path.join(directory, "none"))).toThrow(/there is no key of Jenkins in it; .* --key FILE$/);
  });
});

describe("a host that becomes an agent", () => {
  const home = path.join(directory, "home");
  const place = path.join(directory, "agent");
  const bin = path.join(directory, "bin");
  const authorized = path.join(home, ".ssh", "authorized_keys");
  const user = userInfo().username;

  /** Runs as on the host, which has this user and asks these programs. */
  const host = {
    asRoot: (script: string) => {
      const { status, stdout, stderr } = spawnSync("sh", ["-c", script.replaceAll(BUILD_AGENT.directory, place)], {
        env: { PATH: `${bin}:/usr/bin:/bin` },
        encoding: "utf8",
      });
      return status === 0 ? Promise.resolve(stdout) : Promise.reject(new Error(stderr));
    },
  };
  const program = (name: string, text: string): void =>
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });

  beforeAll(() => {
    for (const folder of [home, bin]) mkdirSync(folder);
    program("getent", `echo "$2:x:1000:1000::${home}:/bin/sh"`);
    program("apt-get", `echo "$@" >>${directory}/installed`);
    // found or not, as the test says
    program("java", "true");
  });

  test("has its directory, and the key beside others, without forwarding or a terminal", async () => {
    mkdirSync(path.dirname(authorized));
    writeFileSync(authorized, "ssh-ed25519 AAAAdeployer deployer\n");
    await prepareAgent(host, { user, publicKey: KEY, java: 17 });
    expect(readFileSync(authorized, "utf8")).toBe(`ssh-ed25519 AAAAdeployer deployer\nrestrict ${KEY}\n`);
    expect(statSync(place).mode & 0o777).toBe(0o750);
    expect(statSync(authorized).mode & 0o777).toBe(0o600);
  });

  test("again: nothing changes", async () => {
    const before = readFileSync(authorized, "utf8");
    await prepareAgent(host, { user, publicKey: KEY, java: 17 });
    expect(readFileSync(authorized, "utf8")).toBe(before);
  });

  test("that has Java already installs none", () => {
    expect(() => readFileSync(path.join(directory, "installed"))).toThrow("ENOENT");
  });
});
