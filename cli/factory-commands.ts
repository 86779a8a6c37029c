/** Commands about the factory as a whole. */
import { spawn } from "node:child_process";
import type { Command } from "commander";
import { ConfigError, configName, loadConfig } from "../config/load";
import { destroyFactory } from "../deployer/build";
import { Deployment } from "../deployer/deployment";
import { findNode, listNodes, Ways } from "../deployer/nodes";
import { replaceNodes } from "../deployer/replace";
import { pruneShare } from "../deployer/prune";
import { setUp } from "../deployer/setup";
import { factoryStatus, retainedOf } from "../deployer/status";
import { missingAround, surroundingsOf } from "../deployer/surroundings";
import { UserError } from "../deployer/user-error";
import { formatProblem } from "../model/problem";
import { confirmed } from "./confirmed";
import { statusLines, retainedLines } from "./status-text";
import { ExitStatus, say, sayAll, sayJson } from "./support";

export function addFactoryCommands(program: Command, root: string): void {
  program
    .command("setup")
    .description("make this deploying side ready: home, SSH key, signing key; safe to run again")
    .action(async () => setUp(Deployment.load(root), say));

  program
    .command("validate")
    .description(
      "check factory.yaml, the catalogue in images/ and the files that they name, without any cloud; all problems at once",
    )
    .option("--json", "for programs")
    .action(({ json = false }: { json?: boolean }) => validate(root, json));

  program
    .command("status")
    .description(
      "nodes and their health, running builds, quotas, images, buckets; exits 1 when something is not in order",
    )
    .option("--show-retained", "only what destroying the factory keeps")
    .option("--json", "for programs")
    .action(async (options: { showRetained?: boolean; json?: boolean }) => status(root, options));

  program
    .command("ssh")
    .description("log in to a node through the jump host, by its pinned keys")
    .argument("<node>", "jump-host, nfs-server, a build's id, or the server's name")
    .argument("[command...]", "run this there instead (after --)")
    .action(async (node: string, command: string[]) => ssh(root, node, command));

  program
    .command("replace")
    .description("rebuild nodes in place, one after the other; addresses and volumes stay")
    .argument("<node...>", "as for ssh; build hosts go with their builds")
    .option("--verbose", "show all that cdktf says")
    .action(async (nodes: string[], { verbose = false }: { verbose?: boolean }) =>
      replaceNodes(Deployment.load(root), { nodes, verbose }, say),
    );

  program
    .command("prune")
    .description("delete from the share what retention in factory.yaml does not keep; it happens every night anyway")
    .option("--dry-run", "only tell what would be deleted, and why the rest stays")
    .action(async ({ dryRun = false }: { dryRun?: boolean }) =>
      sayAll(await pruneShare((await new Ways(Deployment.load(root)).store()).host, dryRun)),
    );

  program
    .command("destroy")
    .description("destroy the factory; what holds data stays (status --show-retained lists it)")
    .option("--purge-data", "delete the data as well: volumes, buckets with all their objects, private images, secrets")
    .option("--yes", "purge without asking")
    .option("--verbose", "show all that cdktf says")
    .action(async (options: DestroyOptions) => destroy(Deployment.load(root), options));
}

interface DestroyOptions {
  readonly purgeData?: boolean;
  readonly yes?: boolean;
  readonly verbose?: boolean;
}

async function destroy(
  deployment: Deployment,
  { purgeData = false, yes = false, verbose = false }: DestroyOptions,
): Promise<void> {
  const { factory } = deployment.config;
  const question = `factory ${factory}: volumes, buckets with all their objects, backups, private images and secrets are deleted for good`;
  if (purgeData && !yes && !(await confirmed(question))) throw new UserError("nothing was destroyed");
  await destroyFactory(deployment, purgeData, say, verbose);
}

function validate(root: string, json: boolean): void {
  try {
    const { config, images } = loadConfig(root);
    const missing = missingAround(config, surroundingsOf(root, configName(root)));
    if (missing.length > 0) throw new ConfigError(missing);
    if (json) sayJson({ valid: true, factory: config.factory, images: images.map(({ name }) => name) });
    else
      say(
        `factory "${config.factory}" is valid: ${config.regions.length} regions, ${images.length} images (${images.map(({ name }) => name).join(", ")})`,
      );
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (json) sayJson({ valid: false, problems: error.problems });
    else for (const problem of error.problems) process.stderr.write(`${formatProblem(problem)}\n`);
    throw new ExitStatus(1);
  }
}

async function status(
  root: string,
  { showRetained = false, json = false }: { showRetained?: boolean; json?: boolean },
): Promise<void> {
  const found = await factoryStatus(Deployment.load(root));
  const shown = showRetained ? { factory: found.factory, ...retainedOf(found), problems: found.problems } : found;
  if (json) sayJson(shown);
  else {
    sayAll(showRetained ? retainedLines({ ...retainedOf(found), problems: found.problems }) : statusLines(found));
    for (const problem of found.problems) process.stderr.write(`factory: ${problem}\n`);
  }
  if (showRetained ? found.problems.length > 0 : !found.inOrder) throw new ExitStatus(1);
}

async function ssh(root: string, name: string, command: readonly string[]): Promise<void> {
  const deployment = Deployment.load(root);
  const node = findNode(await listNodes(deployment), name, deployment.config.factory);
  const host = await new Ways(deployment, (line) => process.stderr.write(`${line}\n`)).to(node);
  const child = spawn("ssh", ["-F", host.configFile, host.name, ...command], { stdio: "inherit" });
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve(status ?? 255));
  });
  if (code !== 0) throw new ExitStatus(code);
}
