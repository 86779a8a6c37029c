/**
 * What Terraform's http backend talks to where states are in Swift: on this machine's loopback, for one command of
 * Terraform's, with a password that nobody else knows.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { lockedLine } from "./lock-message";
import { messageOf } from "../user-error";
import { describe, type LockInfo, type SwiftState } from "./swift-state";

export interface BridgeOptions {
  readonly state: SwiftState;
  readonly stack: string;
  readonly password: string;
  /** Lines for people: who holds the lock, what Swift has against it. */
  readonly tell: (line: string) => void;
}

const USER = "factory";

interface Answer {
  readonly status: number;
  readonly body?: Buffer | string | undefined;
}

/** Listens on a free port; the second result is what Terraform has to find in its environment. */
export async function startBridge(options: BridgeOptions): Promise<[Server, Readonly<Record<string, string>>]> {
  const { password, tell } = options;
  const server = createServer((request, response) => {
    const allowed = isAllowed(request.headers.authorization, password);
    const answering = allowed ? answer(request, options) : Promise.resolve<Answer>({ status: 401 });
    answering
      .catch((error: unknown): Answer => {
        tell(messageOf(error));
        // Terraform tries again after a 5xx; the session has done so already.
        return { status: 424 };
      })
      .then((what) => send(response, what), tell);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const environment = {
    TF_HTTP_ADDRESS: address,
    TF_HTTP_LOCK_ADDRESS: address,
    TF_HTTP_UNLOCK_ADDRESS: address,
    TF_HTTP_USERNAME: USER,
    TF_HTTP_PASSWORD: password,
  };
  return [server, environment];
}

function isAllowed(header: string | undefined, password: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  const wanted = `Basic ${Buffer.from(`${USER}:${password}`).toString("base64")}`;
  return timingSafeEqual(digest(header ?? ""), digest(wanted));
}

async function answer(request: IncomingMessage, { state, stack, tell }: BridgeOptions): Promise<Answer> {
  const body = await buffer(request);
  switch (request.method) {
    case "GET": {
      const found = await state.read();
      return found ? { status: 200, body: found } : { status: 404 };
    }
    case "POST":
      await state.write(body, new URL(request.url ?? "/", "http://bridge").searchParams.get("ID") ?? undefined);
      return { status: 200 };
    case "LOCK": {
      const holder = await state.lock(JSON.parse(body.toString("utf8")) as LockInfo);
      if (!holder) return { status: 200 };
      // Terraform itself would name us as the holder.
      tell(lockedLine({ stack, holder: describe(holder), id: holder.ID }));
      return { status: 423, body: JSON.stringify(holder) };
    }
    case "UNLOCK": {
      // Without a body it is `terraform force-unlock`.
      const id = body.length === 0 ? undefined : (JSON.parse(body.toString("utf8")) as LockInfo).ID;
      return { status: (await state.unlock(id)) ? 200 : 409 };
    }
    default:
      return { status: 405 };
  }
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(body);
}
