/** `factory replace`: nodes are rebuilt in place although nothing differs, through Terraform, one after the other. */
import { names } from "../model/naming";
import { cdktf } from "./cdktf";
import type { Deployment } from "./deployment";
import { findNode, listNodes, type FactoryNode } from "./nodes";
import { UserError } from "./user-error";

/**
 * Tells `factory internal configure` which server to rebuild, and which launch of it: a node may be configured several
 * times in one deploy.
 */
export const REPLACE = "FACTORY_REPLACE";

/** The launch of this server that is to be replaced, if it is meant. Pure. */
export function launchToReplace(wanted: string | undefined, serverId: string): string | undefined {
  const [id, launched] = (wanted ?? "").split("@");
  return id === serverId ? launched : undefined;
}

export interface ReplaceRequest {
  /** As people name nodes. */
  readonly nodes: readonly string[];
  readonly verbose: boolean;
}

/** Throws a UserError for what is no node of the factory before anything is done; the first failure ends it. */
export async function replaceNodes(
  deployment: Deployment,
  { nodes, verbose }: ReplaceRequest,
  say: (line: string) => void,
): Promise<void> {
  const wanted = chooseNodes(await listNodes(deployment), nodes, deployment.config.factory);
  for (const [index, node] of wanted.entries()) {
    try {
      await cdktf(deployment, {
        command: "deploy",
        stack: "factory",
        env: environment(deployment, node),
        say,
        verbose,
      });
    } catch (error) {
      const left = wanted.slice(index + 1).map(({ name }) => name);
      if (left.length > 0) say(`not replaced: ${left.join(", ")}`);
      throw error;
    }
  }
}

/** The nodes that people mean, each once. Throws a UserError for build hosts: a build's stack is theirs. Pure. */
export function chooseNodes(nodes: readonly FactoryNode[], wanted: readonly string[], factory: string): FactoryNode[] {
  const found = wanted.map((name) => findNode(nodes, name, factory));
  const build = found.find(({ role }) => role === "build-host");
  if (build)
    throw new UserError(
      `${build.name}: is a build host, it goes with its build: cdktf destroy build-<image>, and build again`,
    );
  return [...new Map(found.map((node) => [node.name, node])).values()];
}

/** Terraform's words for it, which cdktf has none for. */
function environment({ config }: Deployment, node: FactoryNode): Record<string, string> {
  const given = process.env["TF_CLI_ARGS_apply"];
  const replace = `-replace=terraform_data.${names.configured(config.factory, node.name)}`;
  const launch = `${node.server.id}@${node.server["OS-SRV-USG:launched_at"] ?? ""}`;
  return { [REPLACE]: launch, TF_CLI_ARGS_apply: given === undefined ? replace : `${given} ${replace}` };
}
