/** A deployment of the repository's own factory.yaml whose cloud is in memory. */
import type { Deployment } from "../../../../deployer/deployment";
import type { FactoryConfig } from "../../../../model/config";
import type { Session } from "../../../../openstack/session";
import { exampleContext } from "../../stacks/context";

export function deploymentWith(
  session: Session,
  secrets: Partial<FactoryConfig["secrets"]> = {},
  root = "/repository",
): Deployment {
  const { config } = exampleContext();
  const changed = { ...config, secrets: { ...config.secrets, ...secrets } };
  return { root, config: changed, project: () => session } as unknown as Deployment;
}
