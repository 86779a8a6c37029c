/** A second, small cloud beside whatever runs here: made, used, taken down. Nothing but files may remain of it. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createNetwork, deleteNetwork, networkNames } from "./networks";
import { ROOT } from "../../support/paths";
import { commandLine } from "../../support/process-tree";
import { say } from "../../support/say";
import { scenario } from "../../support/scenario";

const NAME = "iflifecycle";
const NET = "172.31.252";

/** What the kernel holds that a cloud could leave behind, a sorted line each. */
function kernelState(): Record<string, string[]> {
  const lines = (program: string, ...args: string[]): string[] =>
    execFileSync(program, args, { encoding: "utf8" })
      .split("\n")
      .filter((line) => line !== "")
      .sort();
  return {
    links: lines("ip", "-o", "link").map((line) => line.split(":")[1]!.trim()),
    namespaces: lines("ip", "netns", "list").map((line) => line.split(" ")[0]!),
    routes: lines("ip", "route", "show", "table", "all"),
    rules: lines("ip", "rule"),
    tables: lines("nft", "list", "tables"),
    mounts: readFileSync("/proc/self/mounts", "utf8")
      .split("\n")
      .map((line) => line.split(" ")[1] ?? "")
      .sort(),
    loops: lines("losetup", "-nlO", "NAME,BACK-FILE"),
    forwarding: [readFileSync("/proc/sys/net/ipv4/ip_forward", "utf8").trim()],
    groups: lines("find", "/sys/fs/cgroup", "-type", "d", "-name", `*${NAME}*`),
  };
}

/** Processes that were started from the cloud's directory, or live in its network namespace's world. */
function processesOf(state: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const line = commandLine(Number(name)) ?? "";
      const own = line.includes(state) || cwdOf(name).startsWith(state);
      return own && Number(name) !== process.pid ? [`${name} ${line}`] : [];
    });
}

function cwdOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return "";
  }
}

describe("a cloud's life", () => {
  const step = scenario();
  const state = path.join(mkdtempSync(path.join(tmpdir(), "factory-cloud-")), "state");
  const env = {
    ...process.env,
    FACTORY_CLOUD_NAME: NAME,
    FACTORY_CLOUD_NET: NET,
    FACTORY_CLOUD_STATE: state,
    FACTORY_CLOUD_ZONES: "fake",
    FACTORY_CLOUD_PROJECTS: "one",
  };
  const cloud = (name: string, args: readonly string[] = [], more: NodeJS.ProcessEnv = {}) => {
    const start = performance.now();
    const options = { env: { ...env, ...more }, encoding: "utf8", cwd: ROOT } as const;
    const { status, stdout, stderr } = spawnSync(path.join(ROOT, "cloud", name), args, options);
    const seconds = (performance.now() - start) / 1000;
    say(`cloud/${name} ${args.join(" ")}: ${seconds.toFixed(1)} s, exit status ${status}`);
    return { code: status, output: stdout + stderr, seconds };
  };
  let before: Record<string, string[]>;

  afterAll(() => {
    cloud("down", ["--purge"]);
    rmSync(path.dirname(state), { recursive: true, force: true });
  });

  step("from nothing: at most 2 minutes once packages and images are there", () => {
    before = kernelState();
    const { code, output, seconds } = cloud("up", ["--reseed"]);
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(seconds).toBeLessThan(120);
  });

  step("a second up says so within 6 seconds, status finds no problem", () => {
    const second = cloud("up");
    expect(second.output).toMatch(/up already/);
    expect(second.seconds).toBeLessThan(6);
    expect(cloud("status").code).toBe(0);
  });

  step("its member can use it, and it shares nothing with another cloud", async () => {
    await createNetwork(cloud("env").output, "kept");
    expect(await networkNames(cloud("env").output)).toEqual(["kept", "public"]);
  });

  step("down leaves no process, mount, namespace, link, route, rule, loop device or control group", () => {
    expect(cloud("down").code).toBe(0);
    expect(processesOf(state)).toEqual([]);
    expect(kernelState()).toEqual(before);
    expect(cloud("status").code).toBe(3);
  });

  step("the next up has what was there", async () => {
    expect(cloud("up").code).toBe(0);
    expect(await networkNames(cloud("env").output)).toEqual(["kept", "public"]);
    await deleteNetwork(cloud("env").output, "kept");
  });

  step("down in the middle of an up, and up again", () => {
    expect(cloud("down", ["--purge"]).code).toBe(0);
    const cut = spawnSync("timeout", ["-s", "KILL", "8", path.join(ROOT, "cloud", "up")], { env, encoding: "utf8" });
    expect(cut.status).not.toBe(0);
    expect(cloud("down").code).toBe(0);
    expect(kernelState()).toEqual(before);
  });

  step("from the golden database: at most 60 seconds", () => {
    expect(cloud("down", ["--purge"]).code).toBe(0);
    const { code, output, seconds } = cloud("up");
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(seconds).toBeLessThan(60);
  });

  step("down --purge forgets everything", () => {
    expect(cloud("down", ["--purge"]).code).toBe(0);
    expect(processesOf(state)).toEqual([]);
    expect(kernelState()).toEqual(before);
    expect(readdirSync(path.dirname(state))).toEqual([]);
  });

  step("a network that is in use, a setting that contradicts: one clear line each", () => {
    const device = execFileSync("ip", ["-o", "-4", "addr", "show", "scope", "global"], { encoding: "utf8" });
    const [, a, b, c] = / (\d+)\.(\d+)\.(\d+)\.\d+\//.exec(device)!;
    const used = `${a}.${b}.${Number(c) - (Number(c) % 2)}`;
    const inUse = cloud("up", [], { FACTORY_CLOUD_NET: used });
    expect(inUse.output.trim().split("\n").at(-1)).toMatch(/in use on this machine|has a route to/);
    expect(inUse.code).not.toBe(0);
    const odd = cloud("up", [], { FACTORY_CLOUD_NET: "172.31.253" });
    expect(odd.output.trim().split("\n")).toHaveLength(1);
    expect(odd.output).toMatch(/FACTORY_CLOUD_NET '172.31.253'/);
    expect(kernelState()).toEqual(before);
  });
});
