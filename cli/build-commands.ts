/** Commands about builds. */
import { InvalidArgumentError, Option, type Command } from "commander";
import { fetchArtefacts, fetchedText, prunedFiles } from "../deployer/artefacts";
import { buildImage, dryRun, endBuild } from "../deployer/build";
import { listBuilds, showBuild, statisticsOf } from "../deployer/builds";
import { cancelBuild } from "../deployer/cancel";
import { Deployment } from "../deployer/deployment";
import { Ways } from "../deployer/nodes";
import { askedSelection, sensible } from "../deployer/plan";
import { reap, reapable } from "../deployer/reap";
import { UserError } from "../deployer/user-error";
import { parseSelection, type StageSelection } from "../model/stage-selection";
import type { StageName } from "../model/stages";
import { buildLines } from "./build-list-text";
import { statisticsLines } from "./statistics-text";
import { reapLines } from "./status-text";
import { ExitStatus, say, sayAll, sayJson } from "./support";
import { timelineLines } from "./timeline-text";

interface BuildFlags {
  readonly force?: boolean;
  readonly skipPublish?: boolean;
  readonly debug?: boolean;
  readonly keepHost?: boolean;
  readonly from?: string;
  readonly until?: string;
  readonly only?: string;
  readonly runTestsOnly?: boolean;
  readonly dryRun?: boolean;
  readonly verbose?: boolean;
}

export function addBuildCommands(program: Command, root: string): void {
  const command = program
    .command("build")
    .description("build an image: build host, 15 stages, and the host's end; exits 1 when a stage fails")
    // What stands behind a subcommand is the subcommand's.
    .enablePositionalOptions()
    .argument("<image>", "name of a directory in images/")
    .option("--force", "build although nothing has changed since the last release")
    .option("--skip-publish", "make no publish request")
    .option("--debug", "let the builder tell everything it does")
    .option("--keep-host", "leave the build host and its volume after a success")
    .option("--from <stage>", "do this stage and all that depends on it again; name or number")
    .option("--until <stage>", "go no further than this stage; its host stays, the next build goes on there")
    .addOption(
      new Option("--only <stages>", "do these again and nothing else; separated by commas").conflicts([
        "from",
        "until",
      ]),
    )
    .addOption(new Option("--run-tests-only", "the same as --only test").conflicts(["from", "until", "only"]))
    .option("--dry-run", "only tell what would be built and what stands against it")
    .option("--verbose", "show all that cdktf says")
    .addHelpText(
      "after",
      `
After a failure the host stays: the next "factory build" resumes at the stage that failed.
Interrupting it leaves the build running on its host: the next "factory build" follows it again, and
"factory build cancel" ends it.`,
    )
    .action(async (image: string, flags: BuildFlags) => build(root, image, flags));

  addList(command.command("list"), root);
  addList(program.command("builds"), root);

  command
    .command("show")
    .description("a build's stages as bars over time, what they took, and the critical path")
    .argument("<build>", "a build's id, or an image: its newest build")
    .option("--json", "for programs")
    .action(async (name: string, { json = false }: { json?: boolean }) => {
      const shown = await showBuild(await new Ways(Deployment.load(root)).store(), name);
      if (json) sayJson(shown);
      else sayAll(timelineLines(shown));
    });

  command
    .command("cancel")
    .description("stop a build, remove what it made in the cloud, and end it; events and logs stay")
    .argument("<build>", "a build's id, or an image: the build that has a host")
    .option("--keep-host", "only stop it; the next build resumes it")
    .option("--verbose", "show all that cdktf says")
    .action(async (name: string, { keepHost = false, verbose = false }: { keepHost?: boolean; verbose?: boolean }) =>
      cancelBuild(Deployment.load(root), { name, keepHost, verbose }, say),
    );

  program
    .command("reap")
    .description("list what builds left behind whose time is over, and why some of it stays")
    .option("--delete", "end these builds: hosts, volumes, ports, private images, credentials")
    .option("--json", "for programs")
    .action(async (options: { delete?: boolean; json?: boolean }) => reapBuilds(root, options));

  command
    .command("end")
    .description("stage 15: destroy the image's build host and what its build has left; the same as cdktf destroy")
    .argument("<image>", "name of a directory in images/")
    .option("--verbose", "show all that cdktf says")
    .action(async (image: string, { verbose = false }: { verbose?: boolean }) =>
      endBuild(Deployment.load(root), image, say, verbose),
    );

  command
    .command("statistics")
    .description("of all builds of an image that the share keeps: times, results, sizes, for trends")
    .argument("<image>", "name of a directory in images/")
    .option("--json", "for programs")
    .action(async (image: string, { json = false }: { json?: boolean }) => {
      const deployment = Deployment.load(root);
      const statistics = await statisticsOf(await new Ways(deployment).store(), image);
      // Builds outlive their image's entry in the catalogue.
      if (statistics.builds.length === 0) deployment.image(image);
      if (json) sayJson(statistics);
      else sayAll(statisticsLines(statistics));
    });

  program
    .command("artefacts")
    .description("fetch a build's artefacts, events and logs from the factory's share, and check them")
    .argument("<build>", 'a build\'s id; "factory builds" lists them')
    .option("--to <directory>", "where to put them (default: a directory named like the build)")
    .option("--without-image", "all but the image itself")
    .action(async (id: string, { to = id, withoutImage = false }: { to?: string; withoutImage?: boolean }) => {
      const store = await new Ways(Deployment.load(root)).store();
      const checked = await fetchArtefacts(store, id, to, withoutImage);
      const pruned = prunedFiles(to);
      const without = pruned.length === 0 ? "" : `; deleted from the share to save space: ${pruned.join(", ")}`;
      const unchecked = `fetched ${fetchedText(to)}; the build has no checksums yet, so nothing was checked`;
      say(`${to}: ${checked === 0 ? unchecked : `${checked} checksums are right`}${without}`);
    });
}

function addList(command: Command, root: string): void {
  command
    .description("the newest builds of an image or of all, from the factory's share")
    .argument("[image]", "name of a directory in images/")
    .option("--limit <count>", "how many of each image", positive, 10)
    .option("--json", "for programs")
    .action(async (image: string | undefined, { limit, json = false }: { limit: number; json?: boolean }) => {
      const deployment = Deployment.load(root);
      const found = await listBuilds(await new Ways(deployment).store(), image, limit);
      // Builds outlive their image's entry in the catalogue; only where there is neither, the name is wrong.
      if (image !== undefined && found.length === 0) deployment.image(image);
      if (json) sayJson(found);
      else sayAll(buildLines(found));
    });
}

async function build(root: string, image: string, flags: BuildFlags): Promise<void> {
  const { force = false, skipPublish = false, debug = false, keepHost = false, verbose = false } = flags;
  const selection = selectionOf(flags);
  const deployment = Deployment.load(root);
  if (!flags.dryRun) {
    await buildImage(deployment, { image, force, skipPublish, debug, keepHost, selection, verbose }, say);
    return;
  }
  const { lines, problems } = await dryRun(deployment, image, selection);
  sayAll(lines);
  for (const problem of problems) process.stderr.write(`factory: ${problem}\n`);
  if (problems.length > 0) throw new ExitStatus(1);
  say("nothing stands against it");
}

async function reapBuilds(
  root: string,
  { delete: really = false, json = false }: { delete?: boolean; json?: boolean },
): Promise<void> {
  const deployment = Deployment.load(root);
  const found = await reapable(deployment, json ? () => undefined : say);
  if (json) sayJson(found);
  else sayAll(reapLines(found, really));
  if (!really) return;
  const problems = await reap(deployment, found, json ? () => undefined : say);
  for (const problem of problems) process.stderr.write(`factory: ${problem}\n`);
  if (problems.length > 0) throw new ExitStatus(1);
}

/** By flags, or else by the environment as cdktf takes it. Throws a UserError when they make no sense. */
function selectionOf({ from, until, only, runTestsOnly = false, skipPublish = false }: BuildFlags): StageSelection {
  const words = { from, until, only: runTestsOnly ? "test" : only };
  const given = Object.values(words).some((word) => word !== undefined);
  const selection = given ? sensible(() => parseSelection(words)) : askedSelection();
  const publishes: StageName = "request-publication";
  if (skipPublish && [selection.from, selection.until, ...(selection.only ?? [])].includes(publishes))
    throw new UserError(`--skip-publish leaves ${publishes} out: ask for one of them`);
  return selection;
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("must be a whole number above 0.");
}
