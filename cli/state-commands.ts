/** Commands about Terraform's states. */
import type { Command } from "commander";
import { Deployment } from "../deployer/deployment";
import { stateCredentials } from "../deployer/states/credentials";
import { migrateStates } from "../deployer/states/migrate";
import { terraformStates } from "../deployer/states/store";
import { say, sayAll } from "./support";

export function addStateCommands(program: Command, root: string): void {
  const state = program.command("state").description("where Terraform's states are (factory.yaml: state)");

  state
    .command("migrate")
    .description("move the states to where factory.yaml says now; safe to run again")
    .action(async () => migrateStates(Deployment.load(root), say));

  state
    .command("unlock")
    .description("take a state's lock away whose holder is gone, never a running one's")
    .argument("<stack>", "factory or build-<image>")
    .argument("<id>", "the lock's id, as the refusal told it")
    .action(async (stack: string, id: string) => {
      const deployment = Deployment.load(root);
      await terraformStates(deployment, deployment.config.state).unlock(stack, id);
      say(`the state of stack ${stack} is free`);
    });

  state
    .command("credentials")
    .description("for eval: the S3 key of project production's user, made in Keystone where there is none")
    .action(async () => sayAll(await stateCredentials(Deployment.load(root).project("production"))));
}
