/** Parts of a build, its cancelling and its reaping, by the command line and by cdktf; no image needs to be built. */
import type { ShownBuild } from "../../../deployer/builds";
import { Builds, stageLine } from "../../support/builds";
import { compareInventories } from "../../support/compare-inventories";
import { eventually } from "../../support/eventually";
import { FactoryRun } from "../../support/factory-run";
import { inventory, type InventoryItem } from "../../support/inventory";
import { Nodes } from "../../support/nodes";
import { scenario } from "../../support/scenario";
import { expire } from "./expiry";

const MINUTE = 60_000;
const IMAGE = "debian-12-minimal";

describe("parts of a build", () => {
  const step = scenario();
  const endings: (() => Promise<void>)[] = [];
  let run: FactoryRun;
  let builds: Builds;
  let withFactory: InventoryItem[];
  let build: string;

  const shown = async (): Promise<ShownBuild> =>
    JSON.parse((await run.factoryCommand(["build", "show", build, "--json"])).stdout) as ShownBuild;
  const nothingLeft = async (): Promise<void> => {
    // The first build makes secrets that are the factory's own and stay: its CA, its certificate for images.
    const now = (await inventory(run.projects)).filter(({ kind }) => kind !== "secret");
    const { added, gone } = compareInventories(withFactory, now);
    expect({ added, gone }).toEqual({ added: [], gone: [] });
  };

  beforeAll(async () => {
    run = await FactoryRun.create({ label: "build-parts" });
    endings.push(() => run.end([`build-${IMAGE}`]));
    builds = new Builds(run, new Nodes(run));
    await run.factoryCommand(["setup"]);
    await run.cdktf("deploy", "factory");
    withFactory = (await inventory(run.projects)).filter(({ kind }) => kind !== "secret");
  }, 30 * MINUTE);

  afterAll(async () => {
    for (const end of endings) await end();
  }, 20 * MINUTE);

  step("what needs a build that is not there is refused, and nothing is made", async () => {
    const { output } = await run.start("npx", ["factory", "build", IMAGE, "--run-tests-only"]).expectExit(1);
    expect(output).toContain("--only test: stages 7 build-image, 8 register have not succeeded");
    const refused = run.startCdktf("deploy", `build-${IMAGE}`, { env: { FACTORY_ONLY: "test" } });
    expect((await refused.expectExit(1)).output).toContain("have not succeeded in a build whose host is there");
    await run.cdktf("destroy", `build-${IMAGE}`);
    await nothingLeft();
  });

  step("until a stage: it succeeds there, its host stays, and it is told as stopped", async () => {
    const { output } = await run.factoryCommand(["build", IMAGE, "--until", "prepare"]);
    expect(output).toContain("--until prepare is done; to go on: factory build");
    build = await builds.current(IMAGE);
    const { state, stages, timeline } = await shown();
    expect(state).toBe("stopped");
    const states = Object.fromEntries(stages.map(({ name, state: one }) => [name, one]));
    expect(states).toMatchObject({ prepare: "succeeded", "build-image": "waiting", "clean-up": "skipped" });
    expect(timeline.criticalPath.stages).toContain("spawn-build-host");
  });

  step("asked for once more it changes nothing; only a stage again runs that stage, by cdktf too", async () => {
    await run.factoryCommand(["build", IMAGE, "--until", "prepare"]);
    expect(await builds.count(build, "prepare", "succeeded")).toBe(1);
    await run.cdktf("deploy", `build-${IMAGE}`, { env: { FACTORY_ONLY: "prepare" } });
    expect(await builds.count(build, "prepare", "succeeded")).toBe(2);
    expect(await builds.count(build, "build-image", "started")).toBe(0);
    expect(await builds.current(IMAGE)).toBe(build);
  });

  step("drawn without a terminal no line is wider than 80 columns", async () => {
    const { stdout } = await run.factoryCommand(["build", "show", IMAGE]);
    expect(stdout).toContain(`build ${build}: stopped`);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  step("cancelled while it builds: who follows it is told by whom, and nothing is left of it", async () => {
    const following = run.start("npx", ["factory", "build", IMAGE], { title: "follow" });
    await following.waitFor(stageLine("build-image", "started"), 15 * MINUTE);
    expect(await builds.current(IMAGE)).toBe(build);
    const { output } = await run.factoryCommand(["build", "cancel", IMAGE]);
    expect(output).toContain(`build ${build} is cancelled`);
    expect((await following.expectExit(1)).output).toMatch(/stage 7 build-image failed: cancelled by \S+@\S+/);
    await nothingLeft();
    expect((await shown()).state).toBe("ended");
  });

  step(
    "what nobody ended is listed by the reaper when its time is over, and ends once its runner is surely gone",
    async () => {
      await run.factoryCommand(["build", IMAGE, "--until", "checkout"]);
      build = await builds.current(IMAGE);
      expect((await run.factoryCommand(["reap"])).output).toContain("no build has left anything behind");
      await expire(run.session("build"), build);
      const { output } = await run.factoryCommand(["reap"]);
      expect(output).toContain(build);
      expect(output).toContain("nothing is deleted");
      expect(await builds.current(IMAGE)).toBe(build);
      await eventually(
        "the reaper ends it",
        async () => ((await run.factoryCommand(["reap", "--delete"])).output.includes("stays: ") ? undefined : true),
        { timeout: 5 * MINUTE, interval: 20_000 },
      );
      await nothingLeft();
    },
  );

  step("the factory goes too", async () => {
    await run.factoryCommand(["destroy", "--purge-data", "--yes"]);
    run.finished = true;
  });
});
