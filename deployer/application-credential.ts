/** Short-lived application credentials for a build host, one for each clouds.yaml entry that its stages use. */
import type { BuildPlan, Credential, Credentials } from "../model/plan";
import type { RegionTarget } from "../model/region";
import type { Service } from "../openstack/catalogue";
import {
  createApplicationCredential,
  deleteAccessRule,
  deleteApplicationCredential,
  listAccessRules,
  listApplicationCredentials,
  type AccessRule,
  type ApplicationCredential,
  type NewApplicationCredential,
} from "../openstack/keystone";
import type { Session } from "../openstack/session";
import { hasStatus } from "../openstack/errors";
import { accessRules, isCertificateRule, servicesFor, type Use } from "./access-rules";
import type { Deployment } from "./deployment";
import { pause } from "./pause";
import { UserError } from "./user-error";

/** The one role of an ordinary member; Keystone would add implied ones and then refuse. */
export const ROLES = ["member"];

/** A clouds.yaml entry and what it is used for, region by region. */
export interface EntryUse {
  readonly cloud: string;
  readonly sessions: readonly {
    readonly session: Session;
    readonly use: Use;
    /** Id of the certificate of image signatures in that region's key manager. */
    readonly certificate?: string | undefined;
  }[];
}

/** The entries that a build needs, each once. */
export function entriesFor(
  deployment: Deployment,
  plan: Pick<BuildPlan, "home" | "regions" | "imageSigning">,
): EntryUse[] {
  const region = (target: RegionTarget, use: "home" | "region") => ({
    cloud: target.cloud,
    session: deployment.region(target),
    use,
    certificate: plan.imageSigning?.certificates[target.name],
  });
  const uses = [
    region(plan.home, "home"),
    ...plan.regions.map((one) => region(one, "region")),
    {
      cloud: deployment.config.projects.production.cloud,
      session: deployment.project("production"),
      use: "buckets" as const,
      certificate: undefined,
    },
  ];
  return [...new Set(uses.map((one) => one.cloud))].map((cloud) => ({
    cloud,
    sessions: uses.filter((one) => one.cloud === cloud),
  }));
}

export const credentialName = (build: string, cloud: string): string => `${build}-${cloud}`;

/** Makes the credentials. An older one of the same name is deleted first: its secret is lost anyway. */
export async function issueCredentials(
  entries: readonly EntryUse[],
  {
    build,
    buckets,
    expires,
  }: { readonly build: string; readonly buckets: readonly string[]; readonly expires: string },
): Promise<Credentials> {
  const issued: (readonly [string, Credential])[] = [];
  // One after the other: two entries may be the same user's.
  for (const { cloud, sessions } of entries) {
    const [first] = sessions;
    if (!first) throw new Error(`${cloud}: no use for it`);
    const name = credentialName(build, cloud);
    await revokeChosen(first.session, (found) => found.filter((one) => one.name === name));
    const rules = await rulesOf(sessions, buckets);
    const { id, secret } = await createInTurn(first.session, {
      name,
      description: `build ${build}: the stages on its host`,
      roles: ROLES,
      accessRules: distinct(rules),
      // Keystone takes no time zone and no more than microseconds.
      expiresAt: expires.replace(/Z$/, ""),
    });
    const authUrl = await first.session.endpoint("identity");
    issued.push([cloud, { authUrl, applicationCredentialId: id, applicationCredentialSecret: secret }]);
  }
  return Object.fromEntries(issued);
}

const TRIES = 6;

/**
 * Keystone keeps access rules per user and answers 409 when two requests (another build's, say) bring the same new rule
 * at the same moment, 500 when a rule is just being removed: whoever comes second tries again.
 */
export async function createInTurn(
  session: Session,
  credential: NewApplicationCredential,
): Promise<{ readonly id: string; readonly secret: string }> {
  for (let tried = 1; ; tried++) {
    try {
      return await createApplicationCredential(session, credential);
    } catch (error) {
      if (tried === TRIES || !hasStatus(error, 409, 500)) throw error;
      await pause(100 + Math.random() * 400 * tried);
    }
  }
}

/** Revokes all of a build's credentials of these sessions' users. Gives how many there were. */
export async function revokeCredentials(sessions: readonly Session[], build: string): Promise<number> {
  const prefix = credentialName(build, "");
  let count = 0;
  for (const session of sessions)
    count += await revokeChosen(session, (found) => found.filter(({ name }) => name.startsWith(prefix)));
  return count;
}

/** Revokes those of a session's user that `choose` picks. Gives how many there were. */
export async function revokeChosen(
  session: Session,
  choose: (found: readonly ApplicationCredential[]) => readonly ApplicationCredential[],
): Promise<number> {
  let count = 0;
  for (const { id } of choose(await listApplicationCredentials(session)))
    if (await deleteApplicationCredential(session, id)) count += 1;
  return count;
}

/**
 * Removes the access rules that builds' credentials had, which Keystone keeps for each user when the credentials are
 * gone. While another build's credential is there they stay, for that build's end.
 */
export async function forgetAccessRules(entries: readonly EntryUse[], buckets: readonly string[]): Promise<void> {
  for (const { sessions } of entries) {
    const [first] = sessions;
    if (!first || (await listApplicationCredentials(first.session)).some(({ name }) => BUILD_CREDENTIAL.test(name)))
      continue;
    await forgetRules(first.session, await rulesOf(sessions, buckets), isCertificateRule);
  }
}

/** Removes these access rules of a session's user, and others that are told, as far as they are there. */
export async function forgetRules(
  session: Session,
  rules: readonly AccessRule[],
  others: (rule: AccessRule) => boolean = () => false,
): Promise<void> {
  const ours = new Set(rules.map(ruleKey));
  const left = (await listAccessRules(session)).filter((rule) => ours.has(ruleKey(rule)) || others(rule));
  for (const { id } of left) await deleteAccessRule(session, id);
}

/** What `credentialName` makes. */
const BUILD_CREDENTIAL = /-\d{12}-[0-9a-f]{4}-/;

async function rulesOf(sessions: EntryUse["sessions"], buckets: readonly string[]): Promise<AccessRule[]> {
  return (await Promise.all(sessions.map((one) => rulesFor(one, buckets)))).flat();
}

/** The path that a service's calls begin with, `/v1/AUTH_abc`: Keystone compares a request's whole path with rules. */
export async function endpointPath(session: Session, service: Service): Promise<string> {
  return new URL(await session.endpoint(service)).pathname.replace(/\/$/, "");
}

async function rulesFor(
  { session, use, certificate }: EntryUse["sessions"][number],
  buckets: readonly string[],
): Promise<AccessRule[]> {
  const certificates = certificate === undefined ? [] : [certificate];
  const prefixes = new Map<Service, string>();
  for (const service of servicesFor([use], certificates)) prefixes.set(service, await endpointPath(session, service));
  return accessRules({ uses: [use], buckets, certificates, prefix: (service) => prefixes.get(service) ?? "" });
}

const ruleKey = ({ service, method, path }: AccessRule): string => `${service} ${method} ${path}`;

function distinct(rules: readonly AccessRule[]): AccessRule[] {
  return [...new Map(rules.map((rule) => [ruleKey(rule), rule])).values()];
}

/**
 * Whether this session may make application credentials: as a user, or with an unrestricted one. Throws a UserError that
 * tells what to do.
 */
export async function checkMayIssue(session: Session): Promise<void> {
  const { applicationCredential, roles } = await session.token();
  if (applicationCredential?.restricted) {
    throw new UserError(
      `${session.cloud}: is a restricted application credential, which can not make one for the build host; ` +
        "use a user's password or create it with --unrestricted",
    );
  }
  const missing = ROLES.filter((role) => !roles.includes(role));
  if (missing.length > 0) {
    throw new UserError(
      `${session.cloud}: lacks the role ${missing.join(", ")} (it has ${roles.join(", ") || "none"})`,
    );
  }
}
