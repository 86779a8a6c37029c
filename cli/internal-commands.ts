/** What Terraform's provisioners call. Their lines appear as they come in the output of `cdktf deploy`. */
import { InvalidArgumentError, Option, type Command } from "commander";
import { withdrawDeployerClouds } from "../deployer/agent/clouds";
import { attach } from "../deployer/attach";
import { revokeBackupCredentials } from "../deployer/backup-credential";
import { configure } from "../deployer/configure";
import { refuseWhileBuilding } from "../deployer/build";
import { Deployment, type ProjectName } from "../deployer/deployment";
import { destroyed, guard } from "../deployer/destroyed";
import { runInitialise, type BuildName } from "../deployer/initialise";
import { askedSelection } from "../deployer/plan";
import { isAgain } from "../model/stage-selection";
import { launchToReplace, REPLACE } from "../deployer/replace";
import { revokePublisherCredentials } from "../deployer/publisher-credential";
import { release, retain, RETAINED_KINDS, type RetainedKind } from "../deployer/retained";
import { endsUnchanged } from "../deployer/unchanged";
import { interruption } from "./interruption";
import { ExitStatus, say } from "./support";

interface RetainedFlags {
  readonly project: ProjectName;
  readonly kind: RetainedKind;
  readonly name: string;
  readonly size?: string;
  readonly setting: Readonly<Record<string, string>>;
}

interface ConfigureFlags {
  readonly server: string;
  readonly image: string;
  readonly tolerate?: string;
}

export function addInternalCommands(program: Command, root: string): void {
  const internal = program.command("internal", { hidden: true }).description("called by the stacks' provisioners");
  const load = (): Deployment => Deployment.load(root);
  const forBuild = (name: string, description: string): Command =>
    internal
      .command(name)
      .description(description)
      .requiredOption("--build <id>", "the build's id")
      .requiredOption("--image <name>", "its image");
  const forRetained = (name: string, description: string): Command =>
    internal
      .command(name)
      .description(description)
      .addOption(
        new Option("--project <name>", "key of projects in factory.yaml")
          .choices(["build", "services", "production"])
          .makeOptionMandatory(),
      )
      .addOption(new Option("--kind <kind>", "what it is").choices(RETAINED_KINDS).makeOptionMandatory())
      .requiredOption("--name <name>", "its name in the project");

  internal
    .command("unchanged")
    .description("the change check before a build; exits 1 unless nothing has changed and the build ends here")
    .requiredOption("--image <name>", "its image")
    .action(async ({ image }: Pick<BuildName, "image">) => {
      // What is to be done again is done again, changed or not.
      if (isAgain(askedSelection()) || !(await endsUnchanged(load(), image, say))) throw new ExitStatus(1);
    });

  forBuild("initialise", "stage 1").action(async (build: BuildName) => runInitialise(load(), build, say));

  forBuild("attach", "stages 2 and 3, then follows the build")
    .requiredOption("--server <uuid>", "the build host's server")
    .action(async ({ server, ...build }: BuildName & { readonly server: string }) => {
      const { signal, end } = interruption();
      try {
        await attach(load(), { ...build, serverId: server, say, interrupted: signal });
      } finally {
        end();
      }
    });

  forBuild("guard", "before a build is destroyed: refuses while somebody else follows it").action(
    async (build: BuildName) => guard(load(), build, say),
  );

  forBuild("destroyed", "stage 15").action(async (build: BuildName) => destroyed(load(), build, say));

  internal
    .command("unused")
    .description("before the factory is destroyed: refuses while there are builds")
    .action(async () => refuseWhileBuilding(load()));

  internal
    .command("revoke-publisher")
    .description("ends the credentials that the publisher's node has been given")
    .action(async () => say(`credentials of the publisher: ${await revokePublisherCredentials(load())} revoked`));

  internal
    .command("withdraw")
    .description("before the controller is destroyed: deletes its deployer's credentials")
    .action(async () => {
      say(`credentials of the controller's deployer: ${await withdrawDeployerClouds(load())} deleted`);
    });

  internal
    .command("revoke-backups")
    .description("ends the credentials that nodes have been given for their backups")
    .action(async () => say(`credentials for backups: ${await revokeBackupCredentials(load())} revoked`));

  internal
    .command("configure")
    .description("brings a node into order: image, role, secrets, health; its user data comes as FACTORY_USER_DATA")
    .requiredOption("--server <uuid>", "the node's server")
    .requiredOption("--image <uuid>", "the image that it is to run")
    .option("--tolerate <check>", "a check that may fail: what it needs comes later")
    .action(async ({ server, image, tolerate }: ConfigureFlags) => {
      const userData = process.env["FACTORY_USER_DATA"] ?? "";
      const replace = launchToReplace(process.env[REPLACE], server);
      await configure(load(), { serverId: server, imageId: image, userData, replace, tolerate }, say);
    });

  forRetained("retain", "makes sure that something that holds data is there")
    .option("--size <GiB>", "size of a volume that has to be made")
    .option("--setting <name=value>", "of a container; may be given several times", setting, {})
    .action(async ({ project, size, setting: settings, ...what }: RetainedFlags) => {
      const deployment = load();
      const named = { ...what, factory: deployment.config.factory };
      say(
        await retain(deployment.project(project), named, {
          sizeGiB: size === undefined ? undefined : Number(size),
          settings,
        }),
      );
    });

  forRetained("release", "lets go of it, keeping data unless FACTORY_PURGE_DATA=1").action(
    async ({ project, ...what }: RetainedFlags) => {
      const deployment = load();
      const named = { ...what, factory: deployment.config.factory };
      say(await release(deployment.project(project), named, process.env["FACTORY_PURGE_DATA"] === "1"));
    },
  );
}

function setting(text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [, name, value] = /^([a-z-]+)=(\S+)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError("must be name=value.");
  return { ...before, [name]: value };
}
