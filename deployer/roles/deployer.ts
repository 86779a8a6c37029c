/** What the deployer on the controller is handed over: this repository, what it runs on, and its credentials. */
import { readFileSync, realpathSync } from "node:fs";
import { configPath } from "../../config/paths";
import { AGENT } from "../../model/agent";
import { appArchive, withToolsArchive } from "../agent/archives";
import { issueDeployerClouds } from "../agent/clouds";
import type { Handover, RoleContext } from "./role";

/** Whether this is the deployer's own program: what it runs on came from elsewhere. */
export const runsOnController = (root: string): boolean => realpathSync(root).startsWith(`${AGENT.app}/`);

export async function deployerHandover({ deployment, only }: RoleContext): Promise<Handover> {
  const { root, home } = deployment;
  if (only === "certificates") return {};
  // On the controller itself these commands would take away what they run on.
  if (runsOnController(root)) return {};
  const clouds = await issueDeployerClouds(deployment);
  return {
    credentials: [
      { name: AGENT.clouds, content: clouds.text },
      { name: AGENT.key, content: readFileSync(home.sshKey) },
    ],
    files: [...clouds.files, { path: AGENT.config, content: readFileSync(configPath(root)) }],
    archives: async (use) => {
      await use(appArchive(root));
      await withToolsArchive(root, use);
    },
    restart: [AGENT.unit],
    settled: clouds.settled,
  };
}
