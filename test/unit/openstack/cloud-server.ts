/** A small HTTP server that answers as a cloud does: Keystone's tokens and catalogue, and whatever a test adds. */
import http from "node:http";
import type { AddressInfo } from "node:net";
import { Session, type SessionOptions } from "../../../openstack/session";

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}
export interface Reply {
  readonly status?: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: Record<string, string>;
  /** Close the connection instead of answering. */
  readonly hangUp?: boolean;
}
/** Answers in turn; the last one is repeated. */
export type Handler = Reply | ((seen: Seen) => Reply);

export class CloudServer {
  readonly seen: Seen[] = [];
  /** Tokens given out so far: token-1, token-2, … */
  tokens = 0;
  validToken = "";
  tokenLifetime = 3_600_000;
  catalogue: unknown[] = [];
  private readonly routes = new Map<string, Handler[]>();
  private readonly server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => this.answer(request, response, Buffer.concat(chunks).toString("utf8")));
  });

  static async start(): Promise<CloudServer> {
    const cloud = new CloudServer();
    await new Promise<void>((resolve) => cloud.server.listen(0, "127.0.0.1", resolve));
    const at = (path: string, region = "RegionOne"): unknown => ({
      interface: "public",
      region,
      url: cloud.url + path,
    });
    cloud.catalogue = [
      { type: "image", endpoints: [at(""), at("/two", "RegionTwo")] },
      { type: "compute", endpoints: [at("/v2.1")] },
      { type: "network", endpoints: [at("/")] },
      { type: "volumev3", endpoints: [at("/v3/p1")] },
      { type: "object-store", endpoints: [at("/v1/AUTH_p1")] },
      { type: "key-manager", endpoints: [at("/key-manager")] },
    ];
    return cloud;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** `on("GET /v2/images", {json: …})` */
  on(route: string, ...handlers: Handler[]): this {
    this.routes.set(route, handlers);
    return this;
  }

  calls(route: string): Seen[] {
    return this.seen.filter((seen) => `${seen.method} ${seen.path}` === route);
  }

  session(options: Partial<SessionOptions> = {}): Session {
    return new Session({
      cloud: "test",
      region: "RegionOne",
      auth: {
        kind: "password",
        authUrl: this.url,
        user: { name: "user", domain: { id: "default" } },
        password: "hunter2-secret",
        project: { name: "project", domain: { id: "default" } },
      },
      retry: { base: 1, cap: 5 },
      ...options,
    });
  }

  private answer(request: http.IncomingMessage, response: http.ServerResponse, body: string): void {
    const url = new URL(request.url ?? "/", this.url);
    const method = request.method ?? "";
    const seen = { method, path: url.pathname, query: url.searchParams, headers: request.headers, body };
    this.seen.push(seen);
    const route = `${method} ${url.pathname}`;
    const handlers = this.routes.get(route);
    const handler = handlers && handlers.length > 1 ? handlers.shift() : handlers?.[0];
    const isAuth = route === "POST /v3/auth/tokens";
    if (!isAuth && request.headers["x-auth-token"] !== this.validToken) {
      response.writeHead(401, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { code: 401, title: "Unauthorized", message: "token is not valid" } }));
      return;
    }
    const found = handler ?? (isAuth ? this.tokenReply() : { status: 404, json: { error: { message: "no route" } } });
    const reply = typeof found === "function" ? found(seen) : found;
    if (reply.hangUp) {
      request.socket.destroy();
      return;
    }
    response.writeHead(reply.status ?? 200, reply.headers ?? {});
    response.end(reply.json === undefined ? (reply.text ?? "") : JSON.stringify(reply.json));
  }

  tokenReply(): Reply {
    this.tokens += 1;
    this.validToken = `token-${this.tokens}`;
    const token = {
      expires_at: new Date(Date.now() + this.tokenLifetime).toISOString(),
      user: { id: "u1", name: "user", domain: { id: "default" } },
      project: { id: "p1", name: "project" },
      roles: [{ name: "member" }, { name: "reader" }],
      catalog: this.catalogue,
    };
    return { status: 201, json: { token }, headers: { "x-subject-token": this.validToken } };
  }
}
