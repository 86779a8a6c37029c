/** A place for states on this machine: Terraform's http protocol with locks, and as much of S3 as its backend speaks. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

interface Reply {
  readonly status: number;
  readonly body?: string | undefined;
}

export class LockableServer {
  readonly content = new Map<string, string>();
  readonly methods: string[] = [];
  /** Like storages that take the condition of a write and do not heed it. */
  deaf = false;
  private readonly locks = new Map<string, string>();
  private readonly server: Server = createServer((request, response) => void this.serve(request, response));

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.address);
    const body = await text(request);
    this.methods.push(request.method ?? "");
    const { status, body: answer = "" } = this.answer(request, url, body);
    const headers = { "content-type": answer.startsWith("<") ? "application/xml" : "application/json" };
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    const ranged = from !== undefined && status === 200;
    const part = ranged ? answer.slice(Number(from), Number(to) + 1) : answer;
    // Amazon's library fetches in ranges, and goes on for ever where it is not told how long the whole is.
    const range = { "content-range": `bytes ${from ?? 0}-${Number(from) + part.length - 1}/${answer.length}` };
    response.writeHead(ranged ? 206 : status, { ...headers, "content-length": part.length, ...(ranged && range) });
    response.end(request.method === "HEAD" ? undefined : part);
  }

  private answer({ method, headers }: IncomingMessage, { pathname: path, searchParams }: URL, body: string): Reply {
    const found = this.content.get(path);
    switch (method) {
      case "LOCK":
        if (this.locks.has(path)) return { status: 423, body: this.locks.get(path) };
        this.locks.set(path, body);
        return { status: 200 };
      case "UNLOCK":
        this.locks.delete(path);
        return { status: 200 };
      case "GET":
      case "HEAD":
        if (searchParams.has("list-type")) return { status: 200, body: "<ListBucketResult></ListBucketResult>" };
        return found === undefined ? missing() : { status: 200, body: found };
      case "PUT":
        if (headers["content-encoding"]?.includes("aws-chunked")) return { status: 501 };
        if (headers["if-none-match"] === "*" && found !== undefined && !this.deaf) return { status: 412 };
        this.content.set(path, body);
        return { status: 200 };
      case "POST":
        this.content.set(path, body);
        return { status: 200 };
      default:
        this.content.delete(path);
        return { status: 204 };
    }
  }
}

function missing(): Reply {
  return { status: 404, body: "<Error><Code>NoSuchKey</Code></Error>" };
}
