/** An authenticated way to one cloud: token, catalogue, retries, one-line errors. Shared by all services' functions. */
import type { IncomingHttpHeaders } from "node:http";
import { authRequest, identityUrl, tokenFrom, type Auth, type Token } from "./auth";
import { endpoint, type Interface, type Service } from "./catalogue";
import { OpenStackError, reasonFromBody, redact } from "./errors";
import { ConnectionError, exchange, readAll, type Body, type RawResponse, type TlsOptions } from "./http";
import { pause } from "./wait";

export interface RetryPolicy {
  /** Tries in all, the first included. @default 5 */
  readonly attempts: number;
  /** Milliseconds before the second try; doubles each time. @default 500 */
  readonly base: number;
  /** Longest wait in milliseconds. @default 10000 */
  readonly cap: number;
}

export interface SessionOptions {
  /** How messages call this cloud: its clouds.yaml entry. */
  readonly cloud: string;
  readonly auth: Auth;
  /** Needed where the catalogue has several. */
  readonly region?: string | undefined;
  /** @default "public" */
  readonly interface?: Interface | undefined;
  readonly tls?: TlsOptions | undefined;
  /** Ends everything that this session does. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a byte after which a request is given up. @default 60000 */
  readonly idleTimeout?: number | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
}

export type Method = "GET" | "HEAD" | "PUT" | "POST" | "PATCH" | "DELETE";
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface RequestOptions {
  readonly service: Service;
  readonly method: Method;
  /** After the versioned endpoint, with a leading slash; its parts already encoded. */
  readonly path: string;
  readonly query?: Query | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly body?: Body | undefined;
  /** Statuses that are an answer; all others throw. @default every 2xx */
  readonly expect?: readonly number[] | undefined;
  /** Repeat after a lost connection, 429, 502, 503, 504. @default true for GET, HEAD, PUT, DELETE */
  readonly retry?: boolean | undefined;
  /** Milliseconds; overrides the session's. */
  readonly idleTimeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Response {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The parsed body; undefined when it is empty or no JSON. */
  readonly json: unknown;
}

const IDEMPOTENT: readonly Method[] = ["GET", "HEAD", "PUT", "DELETE"];
const PASSING = [429, 502, 503, 504];
const LARGEST_ANSWER = 64 * 1024 * 1024;
/** A token that ends sooner than this is renewed before it is used: an upload is checked at its start only. */
const TOKEN_MARGIN = 5 * 60_000;

export class Session {
  readonly cloud: string;
  readonly region: string | undefined;
  private readonly retry: RetryPolicy;
  private current: Promise<Token> | undefined;
  private lastToken: string | undefined;

  constructor(private readonly options: SessionOptions) {
    this.cloud = options.cloud;
    this.region = options.region;
    this.retry = { attempts: 5, base: 500, cap: 10_000, ...options.retry };
  }

  /** PEM of the certificate authorities that this cloud's services are trusted by; undefined: the system's. */
  get trusted(): string | undefined {
    return this.options.tls?.ca;
  }

  /** The same identity in another region; shares nothing but the options. */
  inRegion(region: string): Session {
    return new Session({ ...this.options, region });
  }

  /** Who this session is: a valid token with user, project, roles and catalogue. Never print it. */
  async token(): Promise<Token> {
    const cached = this.current;
    if (cached) {
      const token = await cached.catch(() => undefined);
      if (token && token.expiresAt.getTime() - Date.now() > TOKEN_MARGIN) return token;
      if (this.current === cached) this.current = undefined;
    }
    // Requests under way at once wait for the same token.
    this.current ??= this.authenticate();
    return this.current;
  }

  /** Sends a request and reads its whole answer. Throws an OpenStackError for a status that was not expected. */
  async request(options: RequestOptions): Promise<Response> {
    return this.persist(options, async () => {
      const raw = await this.send(options);
      const text = (await readAll(raw, LARGEST_ANSWER, this.signalOf(options))).toString("utf8");
      this.check(options, raw, text);
      return { status: raw.status, headers: raw.headers, text, json: asJson(text) };
    });
  }

  /** The answer's JSON, taken to be of the type that the service documents. */
  async json<T>(options: RequestOptions): Promise<T> {
    const { status, json, text } = await this.request(options);
    if (json === undefined)
      throw this.failure(options, status, `expected JSON, got: ${text.slice(0, 80) || "nothing"}`);
    return json as T;
  }

  /** For long answers: resolves with the answer's head; its `stream` must be read to the end or destroyed. */
  async stream(options: RequestOptions): Promise<RawResponse> {
    return this.persist(options, async () => {
      const raw = await this.send(options);
      if (!accepted(options, raw.status)) {
        this.check(options, raw, (await readAll(raw, LARGEST_ANSWER, this.signalOf(options))).toString("utf8"));
      }
      return raw;
    });
  }

  /** The service's versioned URL in this session's region. */
  async endpoint(service: Service): Promise<string> {
    // The address that authentication works at is the one that is known to be right.
    if (service === "identity") return identityUrl(this.options.auth.authUrl);
    const { catalogue } = await this.token();
    try {
      return endpoint(catalogue, { service, region: this.region, interface: this.options.interface ?? "public" });
    } catch (error) {
      throw new Error(`${this.cloud}: ${(error as Error).message}`, { cause: error });
    }
  }

  private async send(options: RequestOptions): Promise<RawResponse> {
    const url = new URL((await this.endpoint(options.service)) + options.path);
    for (const [name, value] of Object.entries(options.query ?? {})) {
      if (value === undefined) continue;
      for (const one of Array.isArray(value) ? (value as readonly string[]) : [String(value)]) {
        url.searchParams.append(name, one);
      }
    }
    const token = await this.token();
    const first = await this.exchange(options, url, token.value);
    if (first.status !== 401) return first;
    // Revoked or expired meanwhile: nothing was done yet, so even a POST may be said again with a new token.
    first.stream.resume();
    this.current = undefined;
    return this.exchange(options, url, (await this.token()).value);
  }

  private exchange(options: RequestOptions, url: URL, token: string): Promise<RawResponse> {
    const { json } = options;
    return exchange({
      method: options.method,
      url,
      headers: {
        accept: "application/json",
        "user-agent": "image-factory",
        ...(json !== undefined && { "content-type": "application/json" }),
        ...options.headers,
        "x-auth-token": token,
      },
      body: json === undefined ? options.body : JSON.stringify(json),
      idleTimeout: options.idleTimeout ?? this.options.idleTimeout ?? 60_000,
      signal: this.signalOf(options),
      tls: this.options.tls,
    });
  }

  private async authenticate(): Promise<Token> {
    const { auth } = this.options;
    const url = new URL(`${identityUrl(auth.authUrl)}/auth/tokens`);
    const request: RequestOptions = { service: "identity", method: "POST", path: "/auth/tokens", retry: true };
    return this.persist(request, async () => {
      const raw = await exchange({
        method: "POST",
        url,
        headers: { accept: "application/json", "content-type": "application/json", "user-agent": "image-factory" },
        body: JSON.stringify(authRequest(auth)),
        idleTimeout: this.options.idleTimeout ?? 60_000,
        signal: this.options.signal,
        tls: this.options.tls,
      });
      const text = (await readAll(raw, LARGEST_ANSWER, this.options.signal)).toString("utf8");
      this.check(request, raw, text);
      const token = tokenFrom(raw.headers["x-subject-token"]?.toString(), asJson(text));
      if (!token) {
        throw this.failure(
          request,
          raw.status,
          "the answer is no project-scoped token; check the entry's project and URL",
        );
      }
      this.lastToken = token.value;
      return token;
    });
  }

  /** Tries until there is an answer, an error that will not pass, or no try is left. */
  private async persist<T>(options: RequestOptions, attempt: () => Promise<T>): Promise<T> {
    const attempts = (options.retry ?? IDEMPOTENT.includes(options.method)) ? this.retry.attempts : 1;
    for (let tried = 1; ; tried++) {
      try {
        return await attempt();
      } catch (error) {
        const signal = this.signalOf(options);
        if (signal?.aborted) throw signal.reason;
        if (error instanceof Passing && tried >= attempts) throw error.error;
        if (!(error instanceof Passing) && !(error instanceof ConnectionError)) throw error;
        if (tried >= attempts) throw this.failure(options, undefined, error.message, error);
        const asked = error instanceof Passing ? error.retryAfter : undefined;
        await pause(asked ?? this.backoff(tried), signal);
      }
    }
  }

  /** Milliseconds before the next try; spread, so that many clients don't come back at the same moment. */
  private backoff(tried: number): number {
    const full = Math.min(this.retry.cap, this.retry.base * 2 ** (tried - 1));
    return full / 2 + (Math.random() * full) / 2;
  }

  private check(options: RequestOptions, raw: RawResponse, body: string): void {
    if (accepted(options, raw.status)) return;
    const error = this.failure(options, raw.status, reasonFromBody(body, raw.statusText));
    if (!PASSING.includes(raw.status)) throw error;
    const seconds = Number(raw.headers["retry-after"]);
    const bounded = seconds > 0 ? Math.min(seconds * 1000, this.retry.cap) : undefined;
    throw new Passing(error, bounded);
  }

  private failure(
    options: RequestOptions,
    status: number | undefined,
    reason: string,
    cause?: unknown,
  ): OpenStackError {
    const { auth } = this.options;
    const secret = auth.kind === "password" ? auth.password : auth.applicationCredentialSecret;
    const { service, method, path } = options;
    const region = service === "identity" ? undefined : this.region;
    const safe = redact(reason, [secret, this.lastToken]);
    return new OpenStackError({ cloud: this.cloud, region, service, method, path, status, reason: safe }, { cause });
  }

  private signalOf(options: RequestOptions): AbortSignal | undefined {
    const signals = [this.options.signal, options.signal].filter((signal) => signal !== undefined);
    return signals.length > 1 ? AbortSignal.any(signals) : signals[0];
  }
}

/** An answer that may be another one in a moment. */
class Passing extends Error {
  constructor(
    readonly error: OpenStackError,
    readonly retryAfter: number | undefined,
  ) {
    super(error.message);
  }
}

function accepted(options: RequestOptions, status: number): boolean {
  return options.expect ? options.expect.includes(status) : status >= 200 && status < 300;
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
