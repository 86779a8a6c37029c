/** A deployment in projects of its own, as a shell that deploys would have it. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Deployment } from "../../../deployer/deployment";
import { deleteSecret, listSecrets } from "../../../openstack/barbican";
import { cloudEnv } from "../../support/cloud-env";
import { ROOT } from "../../support/paths";
import { makeProjects } from "../../support/projects";

export interface OwnDeployment {
  readonly deployment: Deployment;
  /** Removes projects and files; what the projects hold, secrets apart, has to be gone by then. */
  remove(): Promise<void>;
}

/** Sets the environment of this process, which child processes get too. */
export async function ownDeployment(): Promise<OwnDeployment> {
  const run = `se${randomBytes(3).toString("hex")}`;
  const environment = process.env;
  const directory = mkdtempSync(path.join(tmpdir(), "secrets-"));
  const projects = await makeProjects(run, directory, cloudEnv("--admin"));
  const config = path.join(directory, "factory.yaml");
  const example = readFileSync(path.join(ROOT, "factory.yaml"), "utf8");
  writeFileSync(config, example.replace("factory: demo", `factory: ${run}`));
  process.env = {
    ...environment,
    OS_CLIENT_CONFIG_FILE: projects.cloudsFile,
    FACTORY_CONFIG: config,
    FACTORY_HOME: path.join(directory, "home"),
  };
  const deployment = Deployment.load(ROOT);
  return {
    deployment,
    async remove() {
      const session = deployment.project("build");
      for (const { id } of await listSecrets(session)) await deleteSecret(session, id);
      process.env = environment;
      await projects.remove();
      rmSync(directory, { recursive: true });
    },
  };
}
