/**
 * Application credentials that nodes work with: they live for months, each handover makes a new one, and those before it
 * end once the new one is at work.
 */
import type { Credential } from "../model/plan";
import type { AccessRule } from "../openstack/keystone";
import type { Session } from "../openstack/session";
import { checkMayIssue, createInTurn, endpointPath, forgetRules, revokeChosen, ROLES } from "./application-credential";
import { CERTIFICATES, type EndingCredential } from "./certificate-files";
import type { NodeFile } from "./roles/role";

/** Renewed at each handover. */
const LIFETIME_DAYS = 180;

export interface NodeCredentialKind {
  /** What their names begin with: `<factory>-<what>`. */
  readonly name: string;
  readonly description: string;
  readonly rules: readonly AccessRule[];
}

export interface IssuedCredential {
  readonly credential: Credential;
  /** ISO 8601. */
  readonly expires: string;
  /** Ends all former ones. */
  readonly revokeFormer: () => Promise<void>;
}

/** Makes a new one in the session's project. Throws a UserError when its entry of clouds.yaml may not. */
export async function issueNodeCredential(
  session: Session,
  { name, description, rules }: NodeCredentialKind,
  now = new Date(),
): Promise<IssuedCredential> {
  await checkMayIssue(session);
  const expires = new Date(now.getTime() + LIFETIME_DAYS * 86_400_000).toISOString();
  const { id, secret } = await createInTurn(session, {
    name: `${name}-${now.toISOString().replace(/\D/g, "")}`,
    description,
    roles: ROLES,
    accessRules: rules,
    // Keystone takes no time zone.
    expiresAt: expires.replace(/Z$/, ""),
  });
  return {
    credential: {
      authUrl: await session.endpoint("identity"),
      applicationCredentialId: id,
      applicationCredentialSecret: secret,
    },
    expires,
    revokeFormer: async () => void (await revoke(session, name, id)),
  };
}

/** Ends all of this kind; gives how many there were. The access rules that only they had go too. */
export async function revokeNodeCredentials(
  session: Session,
  { name, rules }: Pick<NodeCredentialKind, "name" | "rules">,
): Promise<number> {
  const count = await revoke(session, name);
  await forgetRules(session, rules);
  return count;
}

function revoke(session: Session, name: string, except?: string): Promise<number> {
  const ofKind = (one: string): boolean => one.startsWith(`${name}-`) && /^\d{17}$/.test(one.slice(name.length + 1));
  return revokeChosen(session, (found) => found.filter((one) => one.id !== except && ofKind(one.name)));
}

/** The path that the project's objects are below, as Keystone compares it: `/v1/AUTH_abc`. */
export function objectStorePath(session: Session): Promise<string> {
  return endpointPath(session, "object-store");
}

/**
 * What a node keeps of the end of a credential, by which it is listed and renewed in time.
 * @param name of the credential among the node's
 */
export function endingFile(name: string, session: Session, { credential, expires }: IssuedCredential): NodeFile {
  const ending: EndingCredential = {
    serial: credential.applicationCredentialId,
    subject: `application credential of ${session.cloud}`,
    expires,
  };
  return { path: `${CERTIFICATES}/${name}.json`, content: `${JSON.stringify(ending)}\n` };
}
