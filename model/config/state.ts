/** factory.yaml: state. One line says where Terraform's states are; what may be secret is never in it. */
import { z } from "zod";
import { nearest } from "../problem";

export type StatePlace =
  /** Files in FACTORY_HOME. */
  | { readonly kind: "local" }
  /** Objects of project production, by Swift's own API. */
  | { readonly kind: "swift"; readonly container: string; readonly prefix?: string }
  | {
      readonly kind: "s3";
      readonly bucket: string;
      readonly prefix?: string;
      readonly region: string;
      /** @default Amazon's */
      readonly endpoint?: string;
      /** Whether the bucket is named in the path or in the host. */
      readonly addressing: Addressing;
    }
  | {
      readonly kind: "postgres";
      readonly host: string;
      readonly port?: number;
      readonly database: string;
      /** What the stacks' schemas begin with. @default the factory's name */
      readonly schema?: string;
      readonly sslmode: string;
    }
  | { readonly kind: "http"; readonly address: string; readonly locking: Locking };

const ADDRESSING = ["path", "virtual"] as const;
type Addressing = (typeof ADDRESSING)[number];
/** How an HTTP backend is locked: by methods of WebDAV on the state's own address, or as GitLab does it. */
const LOCKING = ["webdav", "gitlab"] as const;
type Locking = (typeof LOCKING)[number];
const SSL_MODES = ["verify-full", "verify-ca", "require", "disable"] as const;

type Parsed = { readonly place: StatePlace } | { readonly problem: string; readonly secret?: boolean };

/** A mistake in the line: "what is wrong; what to do". */
class Mistake extends Error {
  constructor(
    message: string,
    readonly secret = false,
  ) {
    super(message);
  }
}

const EXAMPLES =
  "local, swift://BUCKET/PREFIX, s3://BUCKET/PREFIX?endpoint=https://s3.example.org&region=eu, postgres://HOST/DATABASE or https://state.example.org/factory";
const NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIX = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;
const SCHEMA = /^[a-z_][a-z0-9_-]{0,19}$/;
const SECRET_KEY = /key|secret|passw|token|user|credential/i;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Where each kind's credentials come from. */
const CREDENTIALS: Readonly<Record<string, string>> = {
  "swift:": "clouds.yaml",
  "s3:": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
  "postgres:": "PGUSER and PGPASSWORD",
  "https:": "TF_HTTP_USERNAME and TF_HTTP_PASSWORD",
  "http:": "TF_HTTP_USERNAME and TF_HTTP_PASSWORD",
};

const KINDS: Readonly<Record<string, (url: URL) => StatePlace>> = {
  "swift:": (url) => {
    options(url, []);
    return { kind: "swift", container: bucket(url), ...prefix(url) };
  },
  "s3:": (url) => {
    const { endpoint, region, addressing } = options(url, ["endpoint", "region", "addressing"]);
    if (endpoint !== undefined) webAddress(endpoint, "endpoint");
    return {
      kind: "s3",
      bucket: bucket(url),
      ...prefix(url),
      region: region ?? "us-east-1",
      ...(endpoint !== undefined && { endpoint }),
      addressing: oneOf("addressing", ADDRESSING, addressing ?? (endpoint === undefined ? "virtual" : "path")),
    };
  },
  "postgres:": (url) => {
    const { schema, sslmode } = options(url, ["schema", "sslmode"]);
    const database = decodeURIComponent(url.pathname.slice(1));
    if (url.hostname === "" || !/^\w[\w-]*$/.test(database)) {
      throw new Mistake("names no host and database; write it as postgres://HOST/DATABASE");
    }
    if (schema !== undefined && !SCHEMA.test(schema)) {
      throw new Mistake("has an unfit schema; use 1 to 20 of a-z 0-9 _ - and begin with a letter");
    }
    return {
      kind: "postgres",
      host: url.hostname,
      ...(url.port !== "" && { port: Number(url.port) }),
      database,
      ...(schema !== undefined && { schema }),
      sslmode: oneOf("sslmode", SSL_MODES, sslmode ?? "verify-full"),
    };
  },
  "https:": http,
  "http:": http,
};

function http(url: URL): StatePlace {
  const { locking } = options(url, ["locking"]);
  if (url.protocol === "http:" && !LOOPBACK.test(url.hostname)) {
    throw new Mistake("would send its password in clear; write https://");
  }
  const address = `${url.origin}${url.pathname}`.replace(/\/+$/, "");
  return { kind: "http", address, locking: oneOf("locking", LOCKING, locking ?? "webdav") };
}

/** The place that the line names, or what is wrong with it: "what; remedy". Pure; a secret is never repeated. */
export function parseStatePlace(text: string): Parsed {
  if (text === "local") return { place: { kind: "local" } };
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const parse = url && KINDS[url.protocol];
  if (!url || !parse || /\s/.test(text)) return { problem: `is no place for states; write ${EXAMPLES}` };
  try {
    if (url.username !== "" || url.password !== "") throw credentials(url);
    return { place: parse(url) };
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    return { problem: error.message, ...(error.secret && { secret: true }) };
  }
}

/** The place of a line that the schema has let through. */
export function statePlace(text: string): StatePlace {
  const parsed = parseStatePlace(text);
  if ("problem" in parsed) throw new Error(`state: ${parsed.problem}`);
  return parsed.place;
}

function credentials(url: URL): Mistake {
  const from = CREDENTIALS[url.protocol] ?? "";
  return new Mistake(`holds credentials; take them out (and change them): they come from ${from}`, true);
}

function options<Key extends string>(url: URL, known: readonly Key[]): Readonly<Record<Key, string | undefined>> {
  for (const key of url.searchParams.keys()) {
    if ((known as readonly string[]).includes(key)) continue;
    if (SECRET_KEY.test(key)) throw credentials(url);
    const meant = nearest(key, known);
    const remedy = meant === undefined ? `known are: ${known.join(", ") || "none"}` : `did you mean "${meant}"?`;
    throw new Mistake(`has no option "${key}"; ${remedy}`);
  }
  const entries = known.map((key) => [key, url.searchParams.get(key) ?? undefined]);
  return Object.fromEntries(entries) as Record<Key, string | undefined>;
}

function bucket(url: URL): string {
  if (NAME.test(url.hostname)) return url.hostname;
  throw new Mistake("names no bucket; use 3 to 63 of a-z 0-9 . - and begin and end with a letter or digit");
}

function prefix(url: URL): { readonly prefix?: string } {
  const path = url.pathname.replace(/^\/|\/$/g, "");
  if (path === "") return {};
  if (PREFIX.test(path)) return { prefix: path };
  throw new Mistake("has an unfit prefix; use A-Z a-z 0-9 . _ - and / between its parts");
}

function oneOf<Value extends string>(key: string, allowed: readonly Value[], value: string): Value {
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  throw new Mistake(`has an unknown ${key}; use one of ${allowed.join(", ")}`);
}

function webAddress(text: string, key: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.username || url?.password) throw new Mistake(`holds credentials; take them out of its ${key}`, true);
  if (url && /^https?:$/.test(url.protocol)) return;
  throw new Mistake(`has an ${key} that is no web address; write it as https://s3.example.org`);
}

/** `local`, or where a remote backend is, as a URL without credentials. */
export const stateSchema = z
  .string()
  .superRefine((text, context) => {
    const parsed = parseStatePlace(text);
    if ("place" in parsed) return;
    context.addIssue({ code: "custom", message: parsed.problem, params: { secret: parsed.secret ?? false } });
  })
  .default("local");
