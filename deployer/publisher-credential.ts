/** The credential that the publisher's node works with, in project production's name. */
import type { AccessRule } from "../openstack/keystone";
import type { Deployment } from "./deployment";
import { objectStorePath, revokeNodeCredentials, type NodeCredentialKind } from "./node-credential";

const READ = ["GET", "HEAD"] as const;
const WRITE = ["GET", "HEAD", "PUT", "DELETE"] as const;

export interface PublisherBuckets {
  readonly requests: string;
  readonly staging: string;
  readonly release: string;
}

/**
 * What it may do: everything with objects of release, read what build hosts have left in the other two, list all three.
 * A bucket itself can not be changed: hence no `/bucket/**`, which lets `/bucket/` through.
 *
 * @param prefix the path of the object storage's endpoint URL: `/v1/AUTH_abc`
 */
export function publisherRules(prefix: string, { requests, staging, release }: PublisherBuckets): AccessRule[] {
  const rules = (bucket: string, methods: readonly string[]): AccessRule[] => [
    { service: "object-store", method: "GET", path: `${prefix}/${bucket}` },
    ...["*", "*/**"].flatMap((objects) =>
      methods.map((method) => ({ service: "object-store", method, path: `${prefix}/${bucket}/${objects}` })),
    ),
  ];
  return [...rules(release, WRITE), ...rules(staging, READ), ...rules(requests, READ)];
}

/** Their names, and what they may do. */
export async function publisherCredentialKind(deployment: Deployment): Promise<NodeCredentialKind> {
  const { factory, buckets } = deployment.config;
  const prefix = await objectStorePath(deployment.project("production"));
  return {
    name: `${factory}-publisher`,
    description: `publisher of factory ${factory}`,
    rules: publisherRules(prefix, buckets),
  };
}

/** Ends all of the factory's; gives how many there were. The access rules that only they had go too. */
export async function revokePublisherCredentials(deployment: Deployment): Promise<number> {
  return revokeNodeCredentials(deployment.project("production"), await publisherCredentialKind(deployment));
}
