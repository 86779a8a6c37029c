/** Secrets. Their payloads are told to nobody but the caller. */
import { hasStatus, OpenStackError } from "./errors";
import type { Query, RequestOptions, Response, Session } from "./session";
import { pause } from "./wait";

export interface StoredSecret {
  readonly id: string;
  readonly name: string;
  readonly created: Date;
}

export interface NewSecret {
  readonly name: string;
  /** Text; Barbican takes the white space at both its ends away, and most clouds take at most 10 kB. */
  readonly payload: string;
  /** It is neither listed nor given from then on, and can't be deleted any more. @default never */
  readonly expires?: Date;
  readonly signal?: AbortSignal;
}

interface Listed {
  readonly name: string | null;
  readonly created: string;
  readonly secret_ref: string;
}

interface Page {
  readonly secrets?: readonly Listed[];
  readonly total?: number;
}

const TEXT = "text/plain";
const BYTES = "application/octet-stream";
const PAGE = 100;
/** Tries of a request that changes nothing. */
const ATTEMPTS = 5;

/** Keeps a text; gives its id. */
export async function createSecret(session: Session, secret: NewSecret): Promise<string> {
  const { name, payload, expires, signal } = secret;
  const json = {
    name,
    secret_type: "opaque",
    payload,
    payload_content_type: TEXT,
    ...(expires && { expiration: expires.toISOString().slice(0, 19) }),
  };
  const options = { service: "key-manager", method: "POST", path: "/secrets", json, signal } as const;
  return idOf((await session.json<{ secret_ref: string }>(options)).secret_ref);
}

/** Keeps a PEM certificate as what it is, so that whoever verifies by it finds it as such; gives its id. */
export async function createCertificate(
  session: Session,
  { name, pem }: { readonly name: string; readonly pem: string },
): Promise<string> {
  const json = {
    name,
    secret_type: "certificate",
    payload: Buffer.from(pem).toString("base64"),
    payload_content_type: BYTES,
    payload_content_encoding: "base64",
  };
  const options = { service: "key-manager", method: "POST", path: "/secrets", json } as const;
  return idOf((await session.json<{ secret_ref: string }>(options)).secret_ref);
}

/** Lets these users (ids) read a secret, whatever their roles and projects, beside those who may anyway. */
export async function letRead(session: Session, id: string, users: readonly string[]): Promise<void> {
  const path = `/secrets/${encodeURIComponent(id)}/acl`;
  const json = { read: { users, "project-access": true } };
  await session.request({ service: "key-manager", method: "PUT", path, json });
}

/** The project's secrets with exactly this name, the oldest first. */
export async function secretsNamed(session: Session, name: string, signal?: AbortSignal): Promise<StoredSecret[]> {
  const found = await pages(session, { name }, signal);
  // Barbican takes the name for a pattern.
  return found.filter((one) => one.name === name).sort(byAge);
}

/** All secrets of the project that have not ended, the oldest first. */
export async function listSecrets(session: Session): Promise<StoredSecret[]> {
  return (await pages(session, {})).sort(byAge);
}

const byAge = (a: StoredSecret, b: StoredSecret): number =>
  a.created.getTime() - b.created.getTime() || (a.id < b.id ? -1 : 1);

async function pages(session: Session, filter: Query, signal?: AbortSignal): Promise<StoredSecret[]> {
  const found: StoredSecret[] = [];
  for (let offset = 0; ;) {
    const query = { ...filter, limit: PAGE, offset };
    const answer = await look(session, { service: "key-manager", method: "GET", path: "/secrets", query, signal });
    const { secrets: page, total = 0 } = (answer.json ?? {}) as Page;
    if (!page) throw new Error(`${session.cloud}: key-manager GET /secrets: no "secrets" in the answer`);
    for (const { name, created, secret_ref: reference } of page) {
      // Barbican tells UTC without saying so.
      found.push({ id: idOf(reference), name: name ?? "", created: new Date(`${created}Z`) });
    }
    offset += page.length;
    if (page.length === 0 || offset >= total) return found;
  }
}

/** What a secret holds; undefined when there is none with this id. */
export function secretPayload(session: Session, id: string, signal?: AbortSignal): Promise<string | undefined> {
  return payloadAs(TEXT, session, id, signal);
}

/** The PEM that {@link createCertificate} has kept; undefined when there is none with this id. */
export function certificatePayload(session: Session, id: string): Promise<string | undefined> {
  return payloadAs(BYTES, session, id);
}

/**
 * A certificate as whoever verifies by it reads it: what it is, then its PEM. Undefined when this user may not, when
 * there is none of this id, and in a region without a key manager.
 */
export async function readCertificate(session: Session, id: string): Promise<string | undefined> {
  try {
    const path = `/secrets/${encodeURIComponent(id)}`;
    const { json } = await look(session, { service: "key-manager", method: "GET", path });
    if ((json as { readonly secret_type?: string }).secret_type !== "certificate") return undefined;
    return await certificatePayload(session, id);
  } catch (error) {
    if (hasStatus(error, 403, 404) || hasNoKeyManager(error)) return undefined;
    throw error;
  }
}

/** Whether this error says that the region has none. */
export const hasNoKeyManager = (error: unknown): boolean =>
  error instanceof Error && /has no (\w+ )?"key-manager" (service|endpoint)/.test(error.message);

async function payloadAs(
  kind: string,
  session: Session,
  id: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const answer = await look(session, {
    service: "key-manager",
    method: "GET",
    path: `/secrets/${encodeURIComponent(id)}/payload`,
    // Answers 406 to "application/json", and to any but the kind that it was told.
    headers: { accept: kind },
    expect: [200, 404],
    signal,
  });
  return answer.status === 404 ? undefined : answer.text;
}

/** True when it was there. */
export async function deleteSecret(session: Session, id: string): Promise<boolean> {
  const path = `/secrets/${encodeURIComponent(id)}`;
  const answer = await session.request({ service: "key-manager", method: "DELETE", path, expect: [204, 404] });
  return answer.status === 204;
}

/** Barbican may answer 500 when a service just started gets several requests at once: asking again helps then. */
async function look(session: Session, options: RequestOptions): Promise<Response> {
  for (let tried = 1; ; tried++) {
    try {
      return await session.request(options);
    } catch (error) {
      if (!(error instanceof OpenStackError) || error.status !== 500 || tried >= ATTEMPTS) throw error;
      await pause(100 * 2 ** tried * (0.5 + Math.random()), options.signal);
    }
  }
}

/** A secret is referred to by its URL, whose host is not always one that we can reach. */
function idOf(reference: string): string {
  const id = /\/secrets\/([^/]+)\/?$/.exec(reference)?.[1];
  if (id === undefined) throw new Error(`key-manager: "${reference}" is no reference to a secret`);
  return id;
}
