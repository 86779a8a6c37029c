/** Secrets that the factory makes: at the first use, kept in Barbican of project build, the same for all who deploy. */
import { randomBytes } from "node:crypto";
import type { SecretName } from "../../model/config/secrets";
import { createSecret, secretPayload, secretsNamed } from "../../openstack/barbican";
import type { Session } from "../../openstack/session";
import { locked } from "./lock";

export interface KeptValue {
  readonly id: string;
  readonly value: string;
}

/** Makes a new value of a secret. */
export async function newValue(name: SecretName, factory: string): Promise<string> {
  if (name === "ca") return (await import("../authority")).makeAuthority(factory);
  if (name === "publisher") return (await import("../publisher-key")).makePublisherKey(factory);
  return randomBytes(32).toString("base64url");
}

/** All values that are kept, the newest first. */
export async function keptValues(session: Session, keptAs: string): Promise<KeptValue[]> {
  const found = (await secretsNamed(session, keptAs)).reverse();
  const values = await Promise.all(found.map(async ({ id }) => ({ id, value: await secretPayload(session, id) })));
  // one that went meanwhile is none
  return values.flatMap(({ id, value }) => (value === undefined || value === "" ? [] : [{ id, value }]));
}

/** All values, the newest first; the first one is made when there is none. */
export function valuesOrFirst(
  session: Session,
  { value, lock }: { readonly value: string; readonly lock: string },
  make: () => Promise<string>,
): Promise<readonly KeptValue[]> {
  const look = async (): Promise<readonly KeptValue[] | undefined> => {
    const values = await keptValues(session, value);
    return values.length > 0 ? values : undefined;
  };
  return locked(session, lock, look, async (signal) => {
    const made = await make();
    return [{ id: await createSecret(session, { name: value, payload: made, signal }), value: made }];
  });
}
