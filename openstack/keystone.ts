/** Application credentials: what a build host is given instead of a password. Who we are: `Session.token()`. */
import type { Session } from "./session";

/** One call that a credential may make: service type, method, path with `*` for a segment and `**` for the rest. */
export interface AccessRule {
  readonly service: string;
  readonly method: string;
  readonly path: string;
}

export interface NewApplicationCredential {
  readonly name: string;
  readonly description?: string;
  /** Names. By default Keystone asks for the implied ones too and refuses, so they have to be said. */
  readonly roles: readonly string[];
  /** @default - all calls */
  readonly accessRules?: readonly AccessRule[];
  /** ISO 8601. @default - never */
  readonly expiresAt?: string;
  /** May make and delete credentials itself. @default false */
  readonly unrestricted?: boolean;
}

export interface ApplicationCredential {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly project_id: string;
  readonly expires_at: string | null;
  readonly unrestricted: boolean;
}

const credentialsPath = async (session: Session): Promise<string> =>
  `/users/${(await session.token()).user.id}/application_credentials`;

/**
 * Makes a credential of the session's user in its project. The secret is told here and never again.
 * Throws a 403 when the session itself is a restricted application credential.
 */
export async function createApplicationCredential(
  session: Session,
  credential: NewApplicationCredential,
): Promise<{ readonly id: string; readonly secret: string }> {
  const json = {
    application_credential: {
      name: credential.name,
      description: credential.description ?? "",
      roles: credential.roles.map((name) => ({ name })),
      ...(credential.accessRules && { access_rules: credential.accessRules }),
      ...(credential.expiresAt !== undefined && { expires_at: credential.expiresAt }),
      unrestricted: credential.unrestricted ?? false,
    },
  };
  const path = await credentialsPath(session);
  const answer = await session.json<{ application_credential: { id: string; secret: string } }>({
    service: "identity",
    method: "POST",
    path,
    json,
  });
  const { id, secret } = answer.application_credential;
  return { id, secret };
}

/** The user's credentials in all projects, or the ones of this name. */
export async function listApplicationCredentials(session: Session, name?: string): Promise<ApplicationCredential[]> {
  const answer = await session.json<{ application_credentials: ApplicationCredential[] }>({
    service: "identity",
    method: "GET",
    path: await credentialsPath(session),
    query: { name },
  });
  return answer.application_credentials.filter((one) => name === undefined || one.name === name);
}

/**
 * True when it was there. It gets no more tokens; those that it has got end with it, but a service that has just seen one
 * may go on taking it for as long as it caches tokens (minutes).
 */
export async function deleteApplicationCredential(session: Session, id: string): Promise<boolean> {
  const path = `${await credentialsPath(session)}/${id}`;
  return (await session.request({ service: "identity", method: "DELETE", path, expect: [204, 404] })).status === 204;
}

/** The user's access rules: those of credentials that are gone too, Keystone keeps them. */
export async function listAccessRules(session: Session): Promise<(AccessRule & { readonly id: string })[]> {
  const { user } = await session.token();
  const path = `/users/${user.id}/access_rules`;
  const answer = await session.json<{ access_rules: (AccessRule & { id: string })[] }>({
    service: "identity",
    method: "GET",
    path,
  });
  return answer.access_rules;
}

/** True when it was removed; false when it was gone already, or a credential has it. */
export async function deleteAccessRule(session: Session, id: string): Promise<boolean> {
  const { user } = await session.token();
  const path = `/users/${user.id}/access_rules/${id}`;
  const answer = await session.request({ service: "identity", method: "DELETE", path, expect: [204, 403, 404] });
  return answer.status === 204;
}

export interface Ec2Credential {
  readonly access: string;
  readonly secret: string;
}

/** The user's key for S3 in the session's project; the first that there is, or a new one. */
export async function ec2Credential(session: Session): Promise<Ec2Credential> {
  const { user, project } = await session.token();
  const path = `/users/${user.id}/credentials/OS-EC2`;
  const { credentials } = await session.json<{ credentials: (Ec2Credential & { tenant_id: string })[] }>({
    service: "identity",
    method: "GET",
    path,
  });
  const found = credentials.find((one) => one.tenant_id === project.id);
  if (found) return { access: found.access, secret: found.secret };
  const made = await session.json<{ credential: Ec2Credential }>({
    service: "identity",
    method: "POST",
    path,
    json: { tenant_id: project.id },
  });
  return { access: made.credential.access, secret: made.credential.secret };
}
