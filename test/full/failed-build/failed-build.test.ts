/** A build whose image fails its own test: what its owner is told, what stays for looking into it, what is left in the end. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { listImages } from "../../../openstack/glance";
import { listServers } from "../../../openstack/nova";
import { Builds, stageLine } from "../../support/builds";
import { cloneWith } from "../../support/clone";
import { compareInventories } from "../../support/compare-inventories";
import { FactoryRun } from "../../support/factory-run";
import { inventory, type InventoryItem } from "../../support/inventory";
import { Nodes } from "../../support/nodes";
import { scenario } from "../../support/scenario";

const MINUTE = 60_000;
const IMAGE = "debian-12-minimal";
const TEST = "the-answer-is-42";
const SCRIPT = `#!/bin/bash\necho "the answer is 41"\nexit 1\n`;

describe("a build that fails in stage 9", () => {
  const step = scenario();
  const clone = path.join(mkdtempSync(path.join(tmpdir(), "factory-failed-")), "clone");
  const endings: (() => Promise<void>)[] = [];
  let run: FactoryRun;
  let nodes: Nodes;
  let builds: Builds;
  let withFactory: InventoryItem[];
  let build: string;

  beforeAll(async () => {
    cloneWith(clone, { [`images/${IMAGE}/tests/${TEST}.sh`]: SCRIPT });
    run = await FactoryRun.create({ label: "failed-build", root: clone });
    endings.push(() => run.end([`build-${IMAGE}`]));
    nodes = new Nodes(run);
    builds = new Builds(run, nodes);
    await run.factoryCommand(["setup"]);
    await run.cdktf("deploy", "factory");
    withFactory = await inventory(run.projects);
  }, 10 * MINUTE);

  afterAll(async () => {
    for (const end of endings) await end();
    rmSync(path.dirname(clone), { recursive: true, force: true });
  }, 10 * MINUTE);

  step("the deploy exits 1 and its lines tell which test failed", async () => {
    const { output } = await run.startCdktf("deploy", `build-${IMAGE}`).expectExit(1);
    build = await builds.current(IMAGE);
    expect(output).toMatch(stageLine("test", "failed"));
    expect(output.split("\n").find((line) => stageLine("test", "failed").test(line))).toContain(TEST);
    const states = Object.fromEntries((await builds.statuses(build)).map(({ name, state }) => [name, state]));
    expect(states).toMatchObject({ register: "succeeded", test: "failed", sign: "waiting", distribute: "waiting" });
  });

  step("report, console and log say why", async () => {
    const directory = path.join(run.directory, build);
    await run.factoryCommand(["artefacts", build, "--to", directory]);
    expect(readFileSync(path.join(directory, "artefacts", "test", "junit.xml"), "utf8")).toMatch(/the answer is 41/);
    const files = execFileSync("find", [directory, "-type", "f"], { encoding: "utf8" });
    expect(files).toMatch(/console/);
    expect(files).toMatch(/\.qcow2/);
  });

  step(
    "temporary instance, port, key pair and credentials are gone; the private image stays for a resume",
    async () => {
      const names = (await listServers(run.session("build"))).map(({ name }) => name).sort();
      expect(names).toEqual([build, `${run.factory}-jump-host`, `${run.factory}-nfs-server`].sort());
      const { addedItems } = compareInventories(withFactory, await inventory(run.projects));
      const kinds = new Set(addedItems.map(({ kind }) => kind));
      // Keystone keeps the access rules of credentials that are gone; they go with the build
      const own = ["access rule", "image", "port", "security group", "security group rule", "server", "volume"];
      // the CA and the image key's certificate are the factory's
      expect([...kinds].filter((kind) => kind !== "secret").sort()).toEqual(own);
      const [image] = await listImages(run.session("build", "RegionOne"), { name: build });
      expect(image).toMatchObject({ status: "active", visibility: "private" });
    },
  );

  step("destroyed, it leaves nothing of its own: the listing of all projects is as it was before it", async () => {
    await run.cdktf("destroy", `build-${IMAGE}`);
    const { addedItems, gone } = compareInventories(withFactory, await inventory(run.projects));
    const added = addedItems.filter(({ kind }) => kind !== "secret");
    expect({ added, gone }).toEqual({ added: [], gone: [] });
  });

  step("the factory goes too", async () => {
    await run.factoryCommand(["destroy", "--purge-data", "--yes"]);
    run.finished = true;
  });
});
