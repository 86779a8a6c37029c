/** What a node puts its backups into the bucket with: it reaches its own objects only, and sees the names of all. */
import { names } from "../model/naming";
import type { AccessRule } from "../openstack/keystone";
import type { Deployment } from "./deployment";
import { objectStorePath, revokeNodeCredentials, type NodeCredentialKind } from "./node-credential";

/** @param prefix `/v1/AUTH_abc` */
export function backupRules(prefix: string, bucket: string, node: string): AccessRule[] {
  return [
    { service: "object-store", method: "GET", path: `${prefix}/${bucket}` },
    ...["GET", "HEAD", "PUT", "DELETE"].map((method) => ({
      service: "object-store",
      method,
      path: `${prefix}/${bucket}/${node}/*`,
    })),
  ];
}

export async function backupCredentialKind(deployment: Deployment, node: string): Promise<NodeCredentialKind> {
  const prefix = await objectStorePath(deployment.project("production"));
  return {
    name: `${node}-backup`,
    description: `backups of node ${node}`,
    rules: backupRules(prefix, deployment.config.buckets.backups, node),
  };
}

/** Ends those of all nodes, also of nodes that the configuration does not know any more; gives how many there were. */
export async function revokeBackupCredentials(deployment: Deployment): Promise<number> {
  const { factory } = deployment.config;
  const nodes = [names.node(factory, "controller"), ...names.nodes(factory, "directory-replica", 1)];
  let count = 0;
  for (const node of nodes)
    count += await revokeNodeCredentials(
      deployment.project("production"),
      await backupCredentialKind(deployment, node),
    );
  return count;
}
