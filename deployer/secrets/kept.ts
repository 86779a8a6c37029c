/** What Barbican of project build keeps of a factory's generated secrets: never their values here. */
import type { SecretName } from "../../model/config/secrets";
import type { NodeRole } from "../../model/naming";
import { deleteSecret, listSecrets, type StoredSecret } from "../../openstack/barbican";
import type { Session } from "../../openstack/session";
import type { Deployment } from "../deployment";
import { messageOf } from "../user-error";
import { keptAs, parseSource } from "./source";
import { SECRET_NAMES, SECRET_USES } from "./uses";

export interface SecretStatus {
  readonly name: SecretName;
  /** As in factory.yaml; undefined when it is not set. */
  readonly source: string | undefined;
  /** Kinds of nodes that are handed it. */
  readonly usedBy: readonly NodeRole[];
  /** For a generated one: its name in Barbican, once it was made. */
  readonly keptAs?: string;
  /** ISO 8601: when the value in use was made. */
  readonly made?: string;
  /** Whether a rotation was begun and not ended. */
  readonly rotating: boolean;
}

/** All secrets of factory.yaml. */
export async function secretStatuses(deployment: Deployment): Promise<SecretStatus[]> {
  const { secrets, factory } = deployment.config;
  const generates = Object.values(secrets).some((source) => parseSource(source).kind === "generate");
  const kept = generates ? await listSecrets(deployment.project("build")) : [];
  return SECRET_NAMES.map((name) => statusOf(factory, name, secrets[name], kept));
}

function statusOf(
  factory: string,
  name: SecretName,
  source: string | undefined,
  kept: readonly StoredSecret[],
): SecretStatus {
  const { roles: usedBy } = SECRET_USES[name];
  const names = keptAs(factory, name);
  const generated = source !== undefined && parseSource(source).kind === "generate";
  const newest = kept.filter((one) => one.name === names.value).at(-1);
  return {
    name,
    source,
    usedBy,
    ...(generated && newest && { keptAs: names.value, made: newest.created.toISOString() }),
    rotating: generated && kept.some((one) => one.name === names.rotation),
  };
}

/** All that is kept for a factory's secrets, also for those that factory.yaml has generated no longer. */
async function keptFor(session: Session, factory: string): Promise<StoredSecret[]> {
  const ours = new Set(SECRET_NAMES.flatMap((name) => Object.values(keptAs(factory, name) as object) as string[]));
  // Without Barbican nothing was ever kept.
  const all = await listSecrets(session).catch((error: unknown) => {
    if (/the catalogue has no "key-manager" service/.test(messageOf(error))) return [];
    throw error;
  });
  return all.filter(({ name }) => ours.has(name));
}

/** Names of the generated secrets that destroying the factory keeps. */
export async function keptSecrets(deployment: Deployment): Promise<string[]> {
  const found = await keptFor(deployment.project("build"), deployment.config.factory);
  return [...new Set(found.map(({ name }) => name))].sort();
}

/** Deletes all generated secrets; tells each. */
export async function purgeSecrets(deployment: Deployment): Promise<string[]> {
  const session = deployment.project("build");
  const found = await keptFor(session, deployment.config.factory);
  for (const { id } of found) await deleteSecret(session, id);
  return [...new Set(found.map(({ name }) => name))].sort().map((name) => `secret ${name}: deleted`);
}
