/** The credentials of the controller's deployer: an application credential for each clouds.yaml entry that it needs. */
import { readFileSync } from "node:fs";
import { stringify } from "yaml";
import { readCloudsFile } from "../../openstack/clouds-file";
import type { Session } from "../../openstack/session";
import { checkMayIssue, createInTurn, revokeChosen } from "../application-credential";
import type { Deployment } from "../deployment";

/** Roles of a member that the deployer uses, where the user has them: `creator` is Barbican's. */
const ROLES = ["member", "creator"];

/** What of an entry holds for another credential too; its scalars are text as they are written there. */
const COMMON = ["region_name", "interface", "endpoint_type", "verify", "insecure", "identity_api_version"];

/** Where the CA of a cloud's endpoints is on the node. */
const caFile = (cloud: string): string => `/etc/factory/clouds/${cloud.replace(/[^A-Za-z0-9._-]/g, "_")}.pem`;

const credentialName = (factory: string, cloud: string, now: Date): string =>
  `${factory}-deployer-${cloud}-${now.toISOString()}`;

/**
 * Which of a user's credentials are the deployer's, the newest first: of one entry (whose name may begin another's), or
 * of all. Pure.
 */
export function deployersOwn<T extends { readonly name: string }>(
  found: readonly T[],
  factory: string,
  cloud?: string,
): T[] {
  const issued = ({ name }: T): string => name.slice(-ISO_LENGTH);
  const entry = ({ name }: T): string => name.slice(`${factory}-deployer-`.length, -ISO_LENGTH - 1);
  return found
    .filter(
      (one) =>
        one.name === `${factory}-deployer-${entry(one)}-${issued(one)}` && !Number.isNaN(Date.parse(issued(one))),
    )
    .filter((one) => cloud === undefined || entry(one) === cloud)
    .sort((a, b) => issued(b).localeCompare(issued(a)));
}

/** 2026-01-31T12:00:00.000Z */
const ISO_LENGTH = 24;

export interface DeployerClouds {
  /** A clouds.yaml whose entries are called as in this machine's. */
  readonly text: string;
  /** Files that it names. */
  readonly files: readonly { readonly path: string; readonly content: string }[];
  /** Deletes those from before, when these have taken their place. */
  readonly settled: () => Promise<void>;
}

/** Throws a UserError where none may be made. */
export async function issueDeployerClouds(deployment: Deployment, now = new Date()): Promise<DeployerClouds> {
  const { factory } = deployment.config;
  const clouds: Record<string, unknown> = {};
  const files: { path: string; content: string }[] = [];
  const own = readCloudsFile().clouds;
  for (const { cloud, session } of entriesOf(deployment)) {
    await checkMayIssue(session);
    const { roles } = await session.token();
    const { id, secret } = await createInTurn(session, {
      // another for each entry: two may be the same user's
      name: credentialName(factory, cloud, now),
      description: `factory ${factory}: the deployer on its controller`,
      roles: ROLES.filter((role) => roles.includes(role)),
      // it makes the credentials of builds
      unrestricted: true,
    });
    const ca = own[cloud]?.["cacert"];
    if (typeof ca === "string" && ca !== "") files.push({ path: caFile(cloud), content: readFileSync(ca, "utf8") });
    clouds[cloud] = {
      auth_type: "v3applicationcredential",
      auth: {
        auth_url: await session.endpoint("identity"),
        application_credential_id: id,
        application_credential_secret: secret,
      },
      ...commonOf(own[cloud] ?? {}),
      ...(files.some(({ path }) => path === caFile(cloud)) && { cacert: caFile(cloud) }),
    };
  }
  const settled = async (): Promise<void> => {
    for (const { cloud, session } of entriesOf(deployment))
      await revokeChosen(session, (found) => deployersOwn(found, factory, cloud).slice(1));
  };
  return { text: stringify({ clouds }, { schema: "failsafe" }), files, settled };
}

const commonOf = (entry: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(COMMON.filter((key) => key in entry).map((key) => [key, entry[key]]));

/** Deletes all of them: the factory is being destroyed. Gives how many there were. */
export async function withdrawDeployerClouds(deployment: Deployment): Promise<number> {
  let count = 0;
  for (const { session } of entriesOf(deployment))
    count += await revokeChosen(session, (found) => deployersOwn(found, deployment.config.factory));
  return count;
}

/** Each clouds.yaml entry that the configuration names, once. */
function entriesOf(deployment: Deployment): { readonly cloud: string; readonly session: Session }[] {
  const { projects, regions } = deployment.config;
  const named = [
    ...(["build", "services", "production"] as const).map((name) => ({
      cloud: projects[name].cloud,
      session: deployment.project(name),
    })),
    ...regions.map((region) => ({ cloud: region.cloud, session: deployment.region(region) })),
  ];
  return named.filter((one, index) => named.findIndex(({ cloud }) => cloud === one.cloud) === index);
}
