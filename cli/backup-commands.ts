/** Commands about backups of nodes' state. */
import type { Command } from "commander";
import { backUp, chooseRestoration, listBackups, restore } from "../deployer/backups";
import { Deployment } from "../deployer/deployment";
import { UserError } from "../deployer/user-error";
import { confirmed } from "./confirmed";
import { backupLines } from "./status-text";
import { say, sayAll, sayJson } from "./support";

export function addBackupCommands(program: Command, root: string): void {
  program
    .command("backup")
    .description("back up the state of nodes now, as it is done every night")
    .argument("[node...]", "as for ssh; none: all that have backups")
    .action(async (nodes: string[]) => backUp(Deployment.load(root), nodes, say));

  program
    .command("backups")
    .description("the backups in the bucket, by node, the newest first")
    .option("--json", "for programs")
    .action(async ({ json = false }: { json?: boolean }) => {
      const found = await listBackups(Deployment.load(root));
      if (json) sayJson(found);
      else sayAll(backupLines(found));
    });

  program
    .command("restore")
    .description("put a backup in the place of a node's state")
    .argument("<node>", "as for ssh")
    .option("--backup <name>", 'one of "factory backups" (default: the newest)')
    .option("--yes", "without asking")
    .action(async (node: string, { backup, yes = false }: { backup?: string; yes?: boolean }) => {
      const deployment = Deployment.load(root);
      const chosen = await chooseRestoration(deployment, node, backup);
      const question = `${chosen.node.name}: its state is replaced by backup ${chosen.backup.stamp}, and what came later is lost`;
      if (!yes && !(await confirmed(question))) throw new UserError("nothing was restored");
      await restore(deployment, chosen, say);
    });
}
