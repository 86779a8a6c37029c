/** The local OpenStack as its users meet it: cloud/up, cloud/status, cloud/env, and that it is a real one. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Auth } from "../../../openstack/auth";
import { readCloudsFile, sessionOptions } from "../../../openstack/clouds-file";
import { createApplicationCredential, deleteApplicationCredential } from "../../../openstack/keystone";
import { listAll } from "../../../openstack/pages";
import { Session } from "../../../openstack/session";
import { cloudEnv } from "../../support/cloud-env";
import { ROOT } from "../../support/paths";
import { makeProjects, memberSession, PROJECTS, REGIONS, type RunProjects } from "../../support/projects";

function command(name: string, ...args: string[]): { code: number | null; output: string; seconds: number } {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(path.join(ROOT, "cloud", name), args, { encoding: "utf8", cwd: ROOT });
  return { code: status, output: stdout + stderr, seconds: (performance.now() - start) / 1000 };
}

describe("commands", () => {
  test("a second up says that it is up, within 6 seconds", () => {
    expect(command("up").code).toBe(0);
    const { code, output, seconds } = command("up");
    expect(output).toMatch(/up already/);
    expect(code).toBe(0);
    expect(seconds).toBeLessThan(6);
  });

  test("status names address, zones and services, and finds no problem", () => {
    const { code, output } = command("status");
    expect(output).toMatch(/zones .*lxc.*qemu/);
    expect(output).toMatch(/lxc is no security boundary/);
    expect(output).not.toMatch(/problem:/);
    expect(code).toBe(0);
  });

  test.each([
    ["env", ["--project", "nowhere"], /there is no project 'nowhere'/],
    ["env", ["--projcet", "build"], /unknown argument '--projcet'/],
    ["up", ["--now"], /unknown argument '--now'/],
    ["down", ["--everything"], /unknown argument '--everything'/],
    ["status", ["-v"], /unknown argument '-v'/],
  ])("%s %j: one clear line", (name, args, message) => {
    const { code, output } = command(name, ...args);
    expect(output.trim().split("\n")).toHaveLength(1);
    expect(output).toMatch(message);
    expect(code).not.toBe(0);
  });
});

describe("env", () => {
  test.each([...PROJECTS, "admin"])("%s authenticates with what it prints", async (project) => {
    const env = project === "admin" ? cloudEnv("--admin") : cloudEnv("--project", project);
    expect(env["OS_CLOUD"]).toBe(project);
    const token = await new Session(sessionOptions(readCloudsFile(env), project)).token();
    expect(token.project.name).toBe(project);
    expect(token.roles.includes("admin")).toBe(project === "admin");
  });

  test("has an entry per project for the second region, with a Glance of its own", async () => {
    const clouds = readCloudsFile(cloudEnv());
    const urls = PROJECTS.flatMap((project) => [project, `${project}-r2`]).map((entry) =>
      new Session(sessionOptions(clouds, entry)).endpoint("image"),
    );
    expect(new Set(await Promise.all(urls)).size).toBe(2);
  });

  test("the openstack client works with it as it stands", () => {
    const env = cloudEnv();
    const { status, stdout } = spawnSync("openstack", ["token", "issue", "-f", "value", "-c", "project_id"], {
      env,
      encoding: "utf8",
    });
    expect(status).toBe(0);
    expect(stdout.trim()).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe("as an ordinary member", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "factory-local-cloud-"));
  let projects: RunProjects;
  beforeAll(async () => {
    projects = await makeProjects(path.basename(directory).toLowerCase(), directory, cloudEnv());
  });
  afterAll(async () => {
    await projects.remove();
    rmSync(directory, { recursive: true });
  });

  test("the zones are there and take servers", async () => {
    const listing = { service: "compute", path: "/os-availability-zone", key: "availabilityZoneInfo" } as const;
    const zones = await listAll<{ zoneName: string; zoneState: { available: boolean } }>(
      memberSession(projects, "build"),
      listing,
    );
    const available = zones.filter(({ zoneState }) => zoneState.available).map(({ zoneName }) => zoneName);
    expect(available).toEqual(expect.arrayContaining(["lxc", "qemu", "fake"]));
  });

  test.each(REGIONS)("guest images are public in %s", async (region) => {
    const listing = { service: "image", path: "/images", key: "images", query: { visibility: "public" } } as const;
    const names = (await listAll<{ name: string }>(memberSession(projects, "build", region), listing)).map(
      ({ name }) => name,
    );
    expect(names).toEqual(expect.arrayContaining(region === "RegionOne" ? ["factory-host", "guest-base"] : ["tiny"]));
  });

  test("an application credential may make the calls of its access rules and no other", async () => {
    const member = memberSession(projects, "build", "RegionOne");
    const { id, secret } = await createApplicationCredential(member, {
      name: "networks-only",
      roles: ["member"],
      accessRules: [{ service: "network", method: "GET", path: "/v2.0/networks" }],
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    });
    const auth: Auth = {
      kind: "applicationCredential",
      authUrl: await member.endpoint("identity"),
      applicationCredentialId: id,
      applicationCredentialSecret: secret,
    };
    const restricted = new Session({ cloud: "restricted", auth, region: "RegionOne", retry: { attempts: 1 } });
    const status = async (service: "network" | "compute", path: string, method: "GET" | "POST" = "GET") => {
      const expect = [200, 201, 400, 401, 403];
      return (await restricted.request({ service, method, path, expect })).status;
    };
    expect(await status("network", "/networks")).toBe(200);
    expect(await status("network", "/ports")).toBe(401);
    expect(await status("network", "/networks", "POST")).toBe(401);
    expect(await status("compute", "/servers")).toBe(401);
    await deleteApplicationCredential(member, id);
    const fresh = new Session({ cloud: "restricted", auth, region: "RegionOne", retry: { attempts: 1 } });
    await expect(fresh.token()).rejects.toThrow(/401|404/);
  });
});
