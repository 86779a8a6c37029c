/** The user's clouds.yaml: which credential belongs to an entry. Apart from the rest, so that no bundle carries a YAML parser. */
import { readFileSync, existsSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parse } from "yaml";
import type { Auth, Domain } from "./auth";
import type { Interface } from "./catalogue";
import type { SessionOptions } from "./session";

export class CloudsFileError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "CloudsFileError";
  }
}

type Entry = Readonly<Record<string, unknown>>;
export interface CloudsFile {
  readonly file: string;
  readonly clouds: Readonly<Record<string, Entry>>;
}

/** Where clouds.yaml is looked for, first hit wins (openstacksdk's order). */
export function candidates(env: NodeJS.ProcessEnv = process.env, cwd = process.cwd()): string[] {
  const named = env["OS_CLIENT_CONFIG_FILE"];
  // A unit's passing user has no home to ask for.
  if (named) return [named];
  const config = env["XDG_CONFIG_HOME"] ?? path.join(env["HOME"] ?? os.homedir(), ".config");
  const places = [cwd, path.join(config, "openstack"), "/etc/openstack"];
  return places.flatMap((place) => ["clouds.yaml", "clouds.yml"].map((name) => path.join(place, name)));
}

/** Reads the first clouds.yaml there is, with secure.yaml beside it merged in. Throws a CloudsFileError. */
export function readCloudsFile(env: NodeJS.ProcessEnv = process.env, cwd = process.cwd()): CloudsFile {
  const places = candidates(env, cwd);
  const file = places.find((place) => existsSync(place));
  if (file === undefined) {
    throw new CloudsFileError(`no clouds.yaml: looked for ${places.join(", ")}; set OS_CLIENT_CONFIG_FILE to its path`);
  }
  const clouds = cloudsIn(file);
  const secure = env["OS_CLIENT_SECURE_FILE"] ?? path.join(path.dirname(file), "secure.yaml");
  return { file, clouds: existsSync(secure) ? (merged(clouds, cloudsIn(secure)) as Record<string, Entry>) : clouds };
}

function cloudsIn(file: string): Record<string, Entry> {
  let content: unknown;
  try {
    // Every scalar as it is written: a password of digits only is no number.
    content = parse(readFileSync(file, "utf8"), { schema: "failsafe" });
  } catch (error) {
    // The parser's message goes on with an excerpt, which here may well be a password.
    const [line] = (error as Error).message.split("\n");
    throw new CloudsFileError(`${file}: can not be read: ${(line ?? "").replace(/:$/, "")}`, { cause: undefined });
  }
  if (!isRecord(content) || !isRecord(content["clouds"])) {
    throw new CloudsFileError(`${file}: there is no "clouds:" with entries in it`);
  }
  const broken = Object.entries(content["clouds"]).find(([, entry]) => !isRecord(entry));
  if (broken) throw new CloudsFileError(`${file}: clouds.${broken[0]} is no mapping`);
  return content["clouds"] as Record<string, Entry>;
}

/** The session's options of an entry. `region` wins over the entry's own. Throws a CloudsFileError. */
export function sessionOptions(cloudsFile: CloudsFile, cloud: string, region?: string): SessionOptions {
  const { file, clouds } = cloudsFile;
  const entry = clouds[cloud];
  const where = `${file}: clouds.${cloud}`;
  if (!entry) {
    const known = Object.keys(clouds).sort().join(", ");
    throw new CloudsFileError(`${file}: no entry "${cloud}" under "clouds:"; there are: ${known || "none"}`);
  }
  const own = text(entry["region_name"]);
  const cacert = text(entry["cacert"]);
  return {
    cloud,
    auth: authOf(entry, where),
    region: region ?? own,
    interface: interfaceOf(entry, where),
    tls: {
      insecure: isNo(entry["verify"]) || isYes(entry["insecure"]),
      ca: cacert && certificate(cacert, where),
    },
  };
}

function authOf(entry: Entry, where: string): Auth {
  const auth = isRecord(entry["auth"]) ? entry["auth"] : undefined;
  if (!auth) throw new CloudsFileError(`${where}.auth is missing`);
  const need = (key: string): string => {
    const value = text(auth[key]);
    if (value === undefined) throw new CloudsFileError(`${where}.auth.${key} is missing`);
    return value;
  };
  const type =
    text(entry["auth_type"]) ?? ("application_credential_id" in auth ? "v3applicationcredential" : "password");
  if (type === "v3applicationcredential") {
    return {
      kind: "applicationCredential",
      authUrl: need("auth_url"),
      applicationCredentialId: need("application_credential_id"),
      applicationCredentialSecret: need("application_credential_secret"),
    };
  }
  if (type !== "password" && type !== "v3password") {
    throw new CloudsFileError(
      `${where}.auth_type: "${type}" is not supported; use password or v3applicationcredential`,
    );
  }
  const userId = text(auth["user_id"]);
  const projectId = text(auth["project_id"]) ?? text(auth["tenant_id"]);
  const projectName = text(auth["project_name"]) ?? text(auth["tenant_name"]);
  if (projectId === undefined && projectName === undefined) {
    throw new CloudsFileError(`${where}.auth.project_name (or project_id) is missing`);
  }
  return {
    kind: "password",
    authUrl: need("auth_url"),
    user: userId === undefined ? { name: need("username"), domain: domain(auth, "user_domain") } : { id: userId },
    password: need("password"),
    project:
      projectId === undefined ? { name: projectName ?? "", domain: domain(auth, "project_domain") } : { id: projectId },
  };
}

function domain(auth: Entry, prefix: "user_domain" | "project_domain"): Domain {
  const id = text(auth[`${prefix}_id`]) ?? text(auth["domain_id"]);
  if (id !== undefined) return { id };
  const name = text(auth[`${prefix}_name`]) ?? text(auth["domain_name"]);
  return name === undefined ? { id: "default" } : { name };
}

function interfaceOf(entry: Entry, where: string): Interface {
  const value = (text(entry["interface"]) ?? text(entry["endpoint_type"]) ?? "public").replace(/URL$/, "");
  if (value === "public" || value === "internal" || value === "admin") return value;
  throw new CloudsFileError(`${where}.interface: "${value}" is none of public, internal, admin`);
}

function certificate(file: string, where: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CloudsFileError(`${where}.cacert: ${(error as Error).message}`, { cause: error });
  }
}

function merged(base: unknown, over: unknown): unknown {
  if (!isRecord(base) || !isRecord(over)) return over;
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) result[key] = key in base ? merged(base[key], value) : value;
  return result;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

const isNo = (value: unknown): boolean => /^(false|no|off)$/i.test(text(value) ?? "");
const isYes = (value: unknown): boolean => /^(true|yes|on)$/i.test(text(value) ?? "");
