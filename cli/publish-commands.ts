/** `factory publish`, `rollback`, `revoke`: the publisher in an administrator's shell. */
import type { Command } from "commander";
import { Deployment } from "../deployer/deployment";
import { accessOf, settingsOf } from "../deployer/publication";
import { addPublisherCommands } from "../publisher/commands";
import { withPublisher } from "../publisher/open";
import { ExitStatus, say } from "./support";

export function addPublishCommands(program: Command, root: string): void {
  addPublisherCommands(program, {
    say,
    async run(work) {
      const deployment = Deployment.load(root);
      const settings = await settingsOf(deployment);
      return withPublisher(settings, await accessOf(deployment, settings), say, work);
    },
    exit(status) {
      throw new ExitStatus(status);
    },
  });
}
