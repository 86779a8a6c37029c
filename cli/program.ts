/** The commands and their help. */
import { Command } from "commander";
import { version } from "../package.json";
import { addBackupCommands } from "./backup-commands";
import { addBuildCommands } from "./build-commands";
import { addCatalogueCommands } from "./catalogue-commands";
import { addFactoryCommands } from "./factory-commands";
import { addInternalCommands } from "./internal-commands";
import { addJenkinsCommands } from "./jenkins-commands";
import { addPublishCommands } from "./publish-commands";
import { addSecretCommands } from "./secret-commands";
import { addStateCommands } from "./state-commands";

export function makeProgram(root: string): Command {
  const program = new Command("factory")
    .description("Turns OpenStack projects into an image factory: builds, tests, signs and distributes images.")
    .version(version)
    .showHelpAfterError("(factory --help tells more)")
    .exitOverride()
    .addHelpText(
      "after",
      `
Environment:
  FACTORY_CONFIG          the configuration (default: factory.yaml)
  FACTORY_HOME            keys, state and known hosts of this deploying side (default: .factory)
  OS_CLIENT_CONFIG_FILE   clouds.yaml, whose entries factory.yaml names
  FACTORY_DEBUG=1         show the stack of an error

The same builds start with "cdktf deploy build-<image>"; the factory itself with "cdktf deploy factory".`,
    );
  addFactoryCommands(program, root);
  addBuildCommands(program, root);
  addCatalogueCommands(program, root);
  addPublishCommands(program, root);
  addSecretCommands(program, root);
  addStateCommands(program, root);
  addBackupCommands(program, root);
  addJenkinsCommands(program, root);
  addInternalCommands(program, root);
  return program;
}
