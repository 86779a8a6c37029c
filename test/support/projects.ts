/**
 * Projects of one test run's own, with ordinary members, beside the cloud's: what is in them was made by this run, so
 * that their listing can be compared to the letter whatever else the cloud is used for.
 */
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { stringify } from "yaml";
import { readCloudsFile, sessionOptions } from "../../openstack/clouds-file";
import * as neutron from "../../openstack/neutron";
import { Session } from "../../openstack/session";
import type { Secret } from "./secrets";

export const PROJECTS = ["build", "services", "production"] as const;
export const REGIONS = ["RegionOne", "RegionTwo"] as const;
const ROLES = ["member", "creator"];

export interface RunProjects {
  /** A clouds.yaml with the entries build, build-r2, services, … of these projects. */
  readonly cloudsFile: string;
  readonly ids: Readonly<Record<string, string>>;
  /** The members' passwords. */
  readonly secrets: readonly Secret[];
  /** Deletes projects and users; what they hold must be gone by then. */
  remove(): Promise<void>;
}

/** A session of the cloud's administrator, with the environment of cloud/env. */
export function adminSession(env: NodeJS.ProcessEnv, region?: string): Session {
  return new Session(sessionOptions(readCloudsFile(env), "admin", region));
}

/** Makes projects `<run>-build`, … and their members; the clouds.yaml goes into `directory`. */
export async function makeProjects(
  run: string,
  directory: string,
  env: NodeJS.ProcessEnv,
  projects: readonly string[] = PROJECTS,
): Promise<RunProjects> {
  const admin = adminSession(env);
  const authUrl = await admin.endpoint("identity");
  const clouds: Record<string, unknown> = {};
  const ids: Record<string, string> = {};
  const users: string[] = [];
  const secrets: Secret[] = [];
  for (const project of projects) {
    const name = `${run}-${project}`;
    const password = randomBytes(18).toString("base64url");
    const projectId = await make(admin, "project", { name, domain_id: "default" });
    const userId = await make(admin, "user", { name, domain_id: "default", password });
    for (const role of ROLES) {
      const path = `/projects/${projectId}/users/${userId}/roles/${await roleId(admin, role)}`;
      await admin.request({ service: "identity", method: "PUT", path });
    }
    ids[project] = projectId;
    users.push(userId);
    secrets.push({ what: `password of ${name}`, value: password });
    const auth = { auth_url: authUrl, username: name, password, project_name: name };
    const domains = { user_domain_name: "Default", project_domain_name: "Default" };
    const entry = { auth: { ...auth, ...domains }, identity_api_version: 3 };
    clouds[project] = { ...entry, region_name: REGIONS[0] };
    clouds[`${project}-r2`] = { ...entry, region_name: REGIONS[1] };
  }
  const cloudsFile = path.join(directory, "clouds.yaml");
  writeFileSync(cloudsFile, stringify({ clouds }), { mode: 0o600 });
  const remove = (): Promise<void> => removeProjects(admin, Object.values(ids), users);
  return { cloudsFile, ids, secrets, remove };
}

/** A session of one of the run's members. */
export function memberSession(projects: Pick<RunProjects, "cloudsFile">, entry: string, region?: string): Session {
  const env = { OS_CLIENT_CONFIG_FILE: projects.cloudsFile };
  return new Session(sessionOptions(readCloudsFile(env), entry, region));
}

async function removeProjects(admin: Session, ids: readonly string[], users: readonly string[]): Promise<void> {
  for (const id of ids) {
    // Neutron made the project's default group and would keep it for ever.
    const groups = await neutron.list(admin, "security-groups", { fields: { project_id: id } });
    for (const group of groups) await neutron.remove(admin, "security-groups", group.id);
  }
  for (const id of users) await admin.request({ service: "identity", method: "DELETE", path: `/users/${id}` });
  for (const id of ids) await admin.request({ service: "identity", method: "DELETE", path: `/projects/${id}` });
}

async function make(admin: Session, kind: "project" | "user", fields: Record<string, string>): Promise<string> {
  const options = { service: "identity", method: "POST", path: `/${kind}s`, json: { [kind]: fields } } as const;
  const answer = await admin.json<Record<string, { id: string }>>(options);
  return answer[kind]!.id;
}

async function roleId(admin: Session, name: string): Promise<string> {
  const options = { service: "identity", method: "GET", path: "/roles", query: { name } } as const;
  const [role] = (await admin.json<{ roles: { id: string }[] }>(options)).roles;
  if (!role) throw new Error(`the cloud has no role "${name}"`);
  return role.id;
}
