/**
 * Both builders and a further Debian release, two images at once through all stages. `test/cloud/main-job` builds debian-12
 * by diskimage-builder, `test/full/rebuilds` tells what later builds find.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { ShownBuild } from "../../../deployer/builds";
import { STAGES } from "../../../model/stages";
import { listServers } from "../../../openstack/nova";
import { audit, signatures, verifySignature, verifySums } from "../../support/artefacts";
import { Builds, stageLine } from "../../support/builds";
import { keepArtefacts } from "../../support/built-image";
import { FactoryRun } from "../../support/factory-run";
import { Nodes } from "../../support/nodes";
import { say } from "../../support/say";
import { scenario } from "../../support/scenario";
import { Share } from "../../support/share";

const MINUTE = 60_000;
const IMAGES = ["debian-13", "debian-12-kiwi"] as const;

describe("both builders, both Debian releases", () => {
  const step = scenario();
  const endings: (() => Promise<void>)[] = [];
  const builds = new Map<string, string>();
  let run: FactoryRun;
  let nodes: Nodes;
  let watch: Builds;
  let share: Share;

  const shown = async (build: string): Promise<ShownBuild> =>
    JSON.parse((await run.factoryCommand(["build", "show", build, "--json"])).stdout) as ShownBuild;
  const hosts = async (): Promise<string[]> => (await listServers(run.session("build"))).map(({ name }) => name).sort();

  beforeAll(async () => {
    run = await FactoryRun.create({ label: "images" });
    endings.push(() => run.end(IMAGES.map((image) => `build-${image}`)));
    nodes = new Nodes(run);
    watch = new Builds(run, nodes);
    share = new Share(run, nodes);
    await run.factoryCommand(["setup"]);
    await run.cdktf("deploy", "factory");
  }, 15 * MINUTE);

  afterAll(async () => {
    for (const end of endings) await end();
  }, 15 * MINUTE);

  step("two builds at once by different builders pass all 15 stages", async () => {
    const running = IMAGES.map((image) => run.start("npx", ["factory", "build", image]));
    for (const [index, command] of running.entries()) {
      const image = IMAGES[index]!;
      await command.waitFor(stageLine("configure-host", "started"), 20 * MINUTE);
      builds.set(image, await watch.current(image));
    }
    for (const command of running) await command.expectExit(0);
    for (const build of builds.values()) {
      const states = (await watch.statuses(build)).map(({ name, state }) => `${name} ${state}`);
      expect(states).toEqual(STAGES.map(({ name }) => `${name} succeeded`));
    }
    expect(await hosts()).toEqual([`${run.factory}-jump-host`, `${run.factory}-nfs-server`]);
  });

  step(
    "their stages are drawn with their times; together they take longer than the longest way through them",
    async () => {
      for (const build of builds.values()) {
        const { stdout } = await run.factoryCommand(["build", "show", build]);
        say(stdout);
        const { timeline } = await shown(build);
        expect(timeline.stages.filter(({ seconds }) => seconds > 0).length).toBeGreaterThan(12);
        expect(timeline.criticalPath.seconds).toBeLessThan(timeline.sum);
      }
    },
  );

  step("gpgv, sha256sum -c and hashdeep -a accept what came out", async () => {
    for (const [image, build] of builds) {
      const fetched = path.join(run.directory, build);
      await run.factoryCommand(["artefacts", build, "--to", fetched]);
      const directory = path.join(fetched, "artefacts");
      for (const signature of signatures(directory))
        expect({ signature, ...verifySignature(directory, signature) }).toMatchObject({ signature, code: 0 });
      expect(verifySums(directory)).toEqual({ code: 0, output: "" });
      expect(audit(directory, "image.hashdeep", [`${build}.qcow2`]).code).toBe(0);
      keepArtefacts(image, directory);
    }
  });

  step("what they fetched is in the cache that all builds share", async () => {
    const entries = await share.find("cache/_archives", '-type f -name "*.deb"');
    // each named by the hash of its bytes, of two releases that have few in common
    expect(entries.filter((name) => /^\.\/[0-9a-f]{64}\.deb$/.test(name)).length).toBeGreaterThan(300);
  });

  step("statistics of both are there", async () => {
    const { stdout } = await run.factoryCommand(["statistics", "--json"]);
    for (const image of IMAGES) expect(stdout).toContain(image);
    mkdirSync(run.results, { recursive: true });
    writeFileSync(path.join(run.results, "statistics.json"), stdout);
  });

  step("the factory goes too", async () => {
    await run.factoryCommand(["destroy", "--purge-data", "--yes"]);
    run.finished = true;
  });
});
