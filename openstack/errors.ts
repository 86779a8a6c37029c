/** What goes wrong between us and an OpenStack service, as one line that says where and, where known, why. */

export interface FailureFacts {
  /** The clouds.yaml entry (or another name that the user knows the credential by) and the region, if any. */
  readonly cloud: string;
  readonly region?: string | undefined;
  readonly service: string;
  readonly method: string;
  /** Without host, query and token. */
  readonly path: string;
  /** HTTP status; absent when there was no answer. */
  readonly status?: number | undefined;
  /** The service's own words, or what the connection said. */
  readonly reason: string;
}

export class OpenStackError extends Error {
  readonly status: number | undefined;
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly reason: string;

  constructor(facts: FailureFacts, options?: { readonly cause?: unknown }) {
    const where = facts.region ? `${facts.cloud}/${facts.region}` : facts.cloud;
    const status = facts.status === undefined ? "" : ` ${facts.status}:`;
    super(`${where}: ${facts.service} ${facts.method} ${facts.path}:${status} ${facts.reason}`, options);
    this.name = "OpenStackError";
    this.status = facts.status;
    this.service = facts.service;
    this.method = facts.method;
    this.path = facts.path;
    this.reason = facts.reason;
  }
}

/** Whether this error is a service's answer with one of these statuses. */
export function hasStatus(error: unknown, ...statuses: readonly number[]): error is OpenStackError {
  return error instanceof OpenStackError && error.status !== undefined && statuses.includes(error.status);
}

const LONGEST_REASON = 400;

/** The service's own message in an error body: each service wraps it differently, proxies answer HTML. */
export function reasonFromBody(body: string, statusText: string): string {
  const text = messageIn(parsed(body)) ?? body;
  const line = text
    .replace(/<(script|style|head)[\s\S]*?<\/\1>/gi, " ")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  if (line === "") return statusText || "no reason given";
  return line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON)}…` : line;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** `{"message": …}` at the top or one level down: {"error": {…}}, {"NeutronError": {…}}, {"itemNotFound": {…}}. */
function messageIn(value: unknown, depth = 0): string | undefined {
  if (typeof value !== "object" || value === null || depth > 1) return undefined;
  const record = value as Record<string, unknown>;
  for (const key of ["message", "faultstring", "description"]) {
    if (typeof record[key] === "string" && record[key] !== "") return record[key];
  }
  for (const inner of Object.values(record)) {
    const found = typeof inner === "string" && depth === 0 ? inner : messageIn(inner, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Text with every one of these secrets blanked out, should a service echo what it was sent. */
export function redact(text: string, secrets: readonly (string | undefined)[]): string {
  return secrets.reduce<string>((out, secret) => (secret ? out.split(secret).join("***") : out), text);
}
