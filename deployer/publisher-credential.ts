/**
 * The credential that the publisher's node works with: it lives for months, each handover makes a new one, and the one
 * before it ends once the new one is at work.
 */
import type { Credential } from "../model/plan";
import {
  deleteAccessRule,
  deleteApplicationCredential,
  listAccessRules,
  listApplicationCredentials,
  type AccessRule,
} from "../openstack/keystone";
import type { Session } from "../openstack/session";
import { checkMayIssue, createInTurn, ROLES } from "./application-credential";
import type { Deployment } from "./deployment";

/** Renewed at each handover. */
const LIFETIME_DAYS = 180;

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

export interface IssuedCredential {
  readonly credential: Credential;
  /** ISO 8601. */
  readonly expires: string;
  /** Ends all former ones. */
  readonly revokeFormer: () => Promise<void>;
}

/** Makes a new one in project production's name. Throws a UserError when its entry of clouds.yaml may not. */
export async function issuePublisherCredential(deployment: Deployment, now = new Date()): Promise<IssuedCredential> {
  const { factory, buckets } = deployment.config;
  const session = deployment.project("production");
  await checkMayIssue(session);
  const expires = new Date(now.getTime() + LIFETIME_DAYS * 86_400_000).toISOString();
  const { id, secret } = await createInTurn(session, {
    name: `${factory}-publisher-${now.toISOString().replace(/\D/g, "")}`,
    description: `publisher of factory ${factory}`,
    roles: ROLES,
    accessRules: publisherRules(await prefixOf(session), buckets),
    // Keystone takes no time zone.
    expiresAt: expires.replace(/Z$/, ""),
  });
  const authUrl = await session.endpoint("identity");
  return {
    credential: { authUrl, applicationCredentialId: id, applicationCredentialSecret: secret },
    expires,
    revokeFormer: async () => void (await revoke(session, factory, id)),
  };
}

/** Ends all of the factory's; gives how many there were. The access rules that only they had go too. */
export async function revokePublisherCredentials(deployment: Deployment): Promise<number> {
  const { factory, buckets } = deployment.config;
  const session = deployment.project("production");
  const count = await revoke(session, factory);
  const key = ({ service, method, path }: AccessRule): string => `${service} ${method} ${path}`;
  const ours = new Set(publisherRules(await prefixOf(session), buckets).map(key));
  for (const rule of await listAccessRules(session)) if (ours.has(key(rule))) await deleteAccessRule(session, rule.id);
  return count;
}

async function revoke(session: Session, factory: string, except?: string): Promise<number> {
  const ours = new RegExp(`^${factory}-publisher-\\d{17}$`);
  const found = (await listApplicationCredentials(session)).filter(({ id, name }) => ours.test(name) && id !== except);
  let count = 0;
  for (const { id } of found) if (await deleteApplicationCredential(session, id)) count += 1;
  return count;
}

async function prefixOf(session: Session): Promise<string> {
  return new URL(await session.endpoint("object-store")).pathname.replace(/\/$/, "");
}
