/** Commands that Jenkins' jobs call, and people may. */
import type { Command } from "commander";
import { buildAgent } from "../deployer/build-agent";
import { Deployment } from "../deployer/deployment";
import { imageJobs } from "../model/jenkins-jobs";
import { UserError } from "../deployer/user-error";
import { say, sayJson } from "./support";

interface Json {
  readonly json?: boolean;
}

export function addJenkinsCommands(program: Command, root: string): void {
  const jenkins = program.command("jenkins").description("what Jenkins' jobs ask for");

  jenkins
    .command("catalogue")
    .description("the jobs that the catalogue gives: owner, schedule, regions of each image")
    .option("--image <name>", "only this one's")
    .option("--json", "for programs")
    .action(({ image, json = false }: Json & { readonly image?: string }) => {
      const { config, images } = Deployment.load(root);
      const jobs = imageJobs(config, images);
      const found = image === undefined ? jobs : jobs.find(({ name }) => name === image);
      if (found === undefined)
        throw new UserError(
          `there is no image "${image ?? ""}" in images/; there are: ${jobs.map(({ name }) => name).join(", ")}`,
        );
      if (json) sayJson(found);
      else
        for (const job of [found].flat()) say(`${job.family}/${job.name}  ${job.schedule || "by hand"}  ${job.owner}`);
    });

  jenkins
    .command("agent")
    .description("prepare the image's build host as an agent, and tell what Jenkins has to know of it")
    .argument("<image>", "an image that is being built")
    .option("--key <file>", "public key that Jenkins logs in with (default: this controller's)")
    .option("--json", "for programs")
    .action(async (image: string, { key, json = false }: Json & { readonly key?: string }) => {
      const agent = await buildAgent(Deployment.load(root), image, key);
      if (json) sayJson(agent);
      else say(`${agent.build} at ${agent.address}: ${agent.hostKey}`);
    });
}
