/** What later builds find: nothing new, a package of another version, and what other images have fetched. */
import type { BuildManifest } from "../../../model/build-manifest";
import { listServers } from "../../../openstack/nova";
import { Builds, stageLine } from "../../support/builds";
import { FactoryRun } from "../../support/factory-run";
import { Nodes } from "../../support/nodes";
import { say } from "../../support/say";
import { scenario } from "../../support/scenario";
import { Share } from "../../support/share";

const MINUTE = 60_000;
const UNCHANGED = "debian-12-minimal";
const OTHER = "debian-12";
const PACKAGE = "openssh-server";

describe("builds after the first", () => {
  const step = scenario();
  const endings: (() => Promise<void>)[] = [];
  let run: FactoryRun;
  let watch: Builds;
  let share: Share;
  let first: string;

  const hosts = async (): Promise<string[]> => (await listServers(run.session("build"))).map(({ name }) => name).sort();
  const factoryAlone = (): string[] => [`${run.factory}-jump-host`, `${run.factory}-nfs-server`];

  beforeAll(async () => {
    run = await FactoryRun.create({ label: "rebuilds" });
    endings.push(() => run.end([UNCHANGED, OTHER].map((image) => `build-${image}`)));
    const nodes = new Nodes(run);
    watch = new Builds(run, nodes);
    share = new Share(run, nodes);
    await run.factoryCommand(["setup"]);
    await run.cdktf("deploy", "factory");
  }, 15 * MINUTE);

  afterAll(async () => {
    for (const end of endings) await end();
  }, 15 * MINUTE);

  step("a first build, from deploy to destroy", async () => {
    const command = run.start("npx", ["factory", "build", UNCHANGED]);
    await command.waitFor(stageLine("configure-host", "started"), 20 * MINUTE);
    first = await watch.current(UNCHANGED);
    await command.expectExit(0);
    expect(await hosts()).toEqual(factoryAlone());
  });

  step('a second build finds "no change" in less than 20 seconds, without a host', async () => {
    const { output, seconds } = await run.factoryCommand(["build", UNCHANGED], { title: "nothing new" });
    expect(output).toMatch(stageLine("checkout", "succeeded"));
    expect(output).toContain(`no change since ${first}`);
    for (const stage of ["spawn-build-host", "add-agent"]) expect(output).toMatch(new RegExp(`\\d ${stage} +skipped`));
    expect(output).not.toMatch(/spawn-build-host +started/);
    expect(seconds).toBeLessThan(20);
    expect(await hosts()).toEqual(factoryAlone());
  });

  step("cdktf deploy says so too, and makes nothing", async () => {
    const { output } = await run.cdktf("deploy", `build-${UNCHANGED}`);
    expect(output).toContain(`no change since ${first}`);
    expect(await hosts()).toEqual(factoryAlone());
  });

  step("with one package of the last release older, a build begins that names it from version to version", async () => {
    const file = `/srv/factory/released/${UNCHANGED}.json`;
    const manifest = JSON.parse(await share.onServer(`cat ${file}`)) as BuildManifest;
    const now = manifest.inputs.packages?.[PACKAGE];
    expect(now).toMatch(/^1:\d/);
    await share.onServer(`sed -i "s|\\"${PACKAGE}\\": \\"${now}\\"|\\"${PACKAGE}\\": \\"1:1.0-1\\"|" ${file}`);
    const { output } = await run.factoryCommand(["build", UNCHANGED, "--until", "checkout"], {
      title: "something new",
    });
    expect(output).toContain(`packages: 1 with another version (${PACKAGE} 1:1.0-1 → ${now})`);
    expect(output).toMatch(stageLine("spawn-build-host", "succeeded"));
    expect(await watch.current(UNCHANGED)).not.toBe(first);
    await run.factoryCommand(["build", "cancel", UNCHANGED]);
  });

  step("a build of another image takes from the common cache what the first one has fetched", async () => {
    await run.factoryCommand(["build", OTHER, "--until", "build-image"]);
    const build = await watch.current(OTHER);
    const log = await share.onServer(`cat /srv/factory/builds/${OTHER}/${build}/logs/07-build-image.log`);
    const [line = "", count = "0"] = /(\d+) package archives \(\d+ MiB\) come from the cache/.exec(log) ?? [];
    say(line);
    expect(Number(count)).toBeGreaterThan(100);
    await run.factoryCommand(["build", "cancel", OTHER]);
  });

  step("the factory goes too", async () => {
    await run.factoryCommand(["destroy", "--purge-data", "--yes"]);
    run.finished = true;
  });
});
