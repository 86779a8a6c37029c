/**
 * A proxy on loopback between a client and a cloud. Everything passes through it to the real services, the answers'
 * endpoints lead back to it, and where a test says so a request goes wrong: before it was carried out, or after.
 */
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Asked {
  /** What the address in the client's clouds.yaml was asked for with: who asks. */
  readonly way: string;
  /** Keystone's type: image, object-store, identity, … */
  readonly service: string;
  readonly method: string;
  /** With its query, as the service sees it. */
  readonly path: string;
  readonly body: Buffer;
  /** Its number among the requests that change something, from 1; undefined: it only reads. */
  readonly change: number | undefined;
}

export type Fate =
  | "pass"
  /** The connection breaks before the service has heard of it. */
  | "refuse"
  /** The answer breaks off in its middle. */
  | "cut"
  /** Answered by the proxy, in the service's place. */
  | { readonly status: number }
  /** The service is asked for this instead. */
  | { readonly path: string }
  /** It is carried out; when it has been, this is done, and the client never hears of it. */
  | { readonly lost: () => void };

/** What becomes of a request. The service has not heard of it until this is settled. */
export type Fates = (asked: Asked) => Fate | Promise<Fate>;

const CHANGING = ["PUT", "POST", "PATCH", "DELETE"];

export class FaultProxy {
  /** Everything since `reset`, in order. */
  readonly asked: Asked[] = [];
  private fates: Fates = () => "pass";
  private changes = 0;
  /** `way/service/region/interface` → where that is. */
  private readonly origins = new Map<string, string>();
  private readonly server = http.createServer((request, response) => {
    this.handle(request, response).catch(() => response.destroy());
  });

  /** @param identity Keystone's address, with its version */
  static async start(identity: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(new URL(identity));
    await new Promise<void>((resolve) => proxy.server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  private constructor(private readonly identity: URL) {}

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  /** Keystone's address for a client that is called so from here on. */
  address(way: string): string {
    return `${this.url}/${way}/identity/-/-${this.identity.pathname}`;
  }

  /** Counting begins again; from now on this says what becomes of each request. @param fates default: all pass */
  reset(fates: Fates = () => "pass"): void {
    this.asked.length = 0;
    this.changes = 0;
    this.fates = fates;
  }

  private get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, way = "", service = "", region = "", facing = "", ...rest] = (request.url ?? "").split("/");
    const method = request.method ?? "GET";
    const origin =
      service === "identity" ? this.identity.origin : this.origins.get([way, service, region, facing].join("/"));
    if (origin === undefined) throw new Error(`${request.url ?? ""}: leads nowhere`);
    const path = `/${rest.join("/")}`;
    const sent = await readAll(request);
    // A token is no change to anything that anybody sees.
    const changes = CHANGING.includes(method) && service !== "identity";
    const asked = { way, service, method, path, body: sent, change: changes ? (this.changes += 1) : undefined };
    this.asked.push(asked);
    const fate = await this.fates(asked);
    if (fate === "refuse") {
      request.socket.destroy();
      return;
    }
    if (typeof fate === "object" && "status" in fate) {
      response.writeHead(fate.status).end();
      return;
    }
    const answer = await forward(
      request,
      sent,
      new URL(typeof fate === "object" && "path" in fate ? fate.path : path, origin),
    );
    const body =
      service === "identity" && path.endsWith("/auth/tokens") ? this.leadBack(way, answer.body) : answer.body;
    if (typeof fate === "object" && "lost" in fate) {
      fate.lost();
      request.socket.destroy();
      return;
    }
    // An answer to HEAD tells of a body that does not come.
    const length = method === "HEAD" ? {} : { "content-length": String(body.length) };
    response.writeHead(answer.status, { ...answer.headers, ...length });
    if (fate !== "cut") {
      response.end(method === "HEAD" ? undefined : body);
      return;
    }
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => request.socket.destroy());
  }

  /** A token's catalogue whose endpoints are the proxy's; what is no token stays as it is. */
  private leadBack(way: string, body: Buffer): Buffer {
    const answer = JSON.parse(body.toString("utf8")) as { readonly token?: { readonly catalog?: readonly Service[] } };
    for (const { type, endpoints } of answer.token?.catalog ?? []) {
      for (const endpoint of endpoints) {
        const { origin, pathname } = new URL(endpoint.url);
        const key = [way, type, endpoint.region_id ?? endpoint.region ?? "-", endpoint.interface].join("/");
        this.origins.set(key, origin);
        endpoint.url = `${this.url}/${key}${pathname === "/" ? "" : pathname}`;
      }
    }
    return Buffer.from(JSON.stringify(answer));
  }
}

interface Service {
  readonly type: string;
  readonly endpoints: {
    url: string;
    readonly interface: string;
    readonly region?: string;
    readonly region_id?: string;
  }[];
}

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The whole answer: what tests send through here is small. */
function forward({ method, headers }: IncomingMessage, body: Buffer, to: URL): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { method, headers: without(headers, ["host", "connection", "transfer-encoding"]), agent: false };
    const outgoing = http.request(to, options, (answer) => {
      const { statusCode: status = 502 } = answer;
      const kept = without(answer.headers, ["transfer-encoding", "connection"]);
      readAll(answer).then((content) => resolve({ status, headers: kept, body: content }), reject);
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const without = (headers: http.IncomingHttpHeaders, names: readonly string[]): http.IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
