/** One HTTP exchange on Node's own client: streamed both ways, bounded by an idle timeout, abortable. */
import http, { type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import https from "node:https";
import { pipeline, type Readable } from "node:stream";

/** A body of known length; `open` may be called again when the request has to be repeated. */
export interface StreamBody {
  /** Bytes. */
  readonly length: number;
  readonly open: () => Readable;
}
export type Body = string | Buffer | StreamBody;

export interface TlsOptions {
  /** PEM text of the certificate authorities to trust instead of the system's. */
  readonly ca?: string | undefined;
  /** Accept any certificate. */
  readonly insecure?: boolean | undefined;
}

export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Body | undefined;
  /** Milliseconds without a byte in either direction. */
  readonly idleTimeout: number;
  readonly signal?: AbortSignal | undefined;
  readonly tls?: TlsOptions | undefined;
}

export interface RawResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: IncomingHttpHeaders;
  /** Must be read to its end or destroyed. */
  readonly stream: IncomingMessage;
}

/** There was no (whole) answer: refused, lost, unresolvable, timed out, not trusted. */
export class ConnectionError extends Error {
  constructor(cause: unknown) {
    const { message = "", code } = cause as { readonly message?: string; readonly code?: string };
    // With several addresses for a name Node throws an AggregateError whose own message is empty.
    super(message === "" ? (code ?? "the connection failed") : message, { cause });
    this.name = "ConnectionError";
  }
}

// A connection kept open may be closed by the other side just as the next request goes out, which for a POST can not
// be told from a failure: each request has its own.
const plainAgent = new http.Agent({ keepAlive: false });
const tlsAgent = new https.Agent({ keepAlive: false });

/** Resolves with the answer's head. Rejects with a ConnectionError, the abort's reason, or what made the body unreadable. */
export function exchange(request: Exchange): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const { method, url, body, signal } = request;
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const secure = url.protocol === "https:";
    const options = {
      method,
      headers: { ...request.headers, ...lengthOf(body) },
      agent: secure ? tlsAgent : plainAgent,
      ...(signal && { signal }),
      ...(secure && request.tls?.ca !== undefined && { ca: request.tls.ca }),
      ...(secure && request.tls?.insecure === true && { rejectUnauthorized: false }),
    };
    const outgoing = secure ? https.request(url, options) : http.request(url, options);
    outgoing.setTimeout(request.idleTimeout, () => {
      outgoing.destroy(new Error(`no answer for ${Math.round(request.idleTimeout / 1000)} s`));
    });
    let answered = false;
    outgoing.on("response", (stream) => {
      answered = true;
      // Answered before all was said (refused, say): the rest of the body will not be read by anybody.
      stream.on("close", () => {
        if (!outgoing.writableFinished) outgoing.destroy();
      });
      resolve({
        status: stream.statusCode ?? 0,
        statusText: stream.statusMessage ?? "",
        headers: stream.headers,
        stream,
      });
    });
    const source = body === undefined || typeof body === "string" || Buffer.isBuffer(body) ? undefined : body.open();
    // Stays after the answer: an upload that the service cut short ends in an error nobody needs any more.
    outgoing.on("error", (error) => {
      if (answered) return;
      if (signal?.aborted) reject(signal.reason as Error);
      else reject(source?.errored === error ? error : new ConnectionError(error));
    });
    if (source) pipeline(source, outgoing, () => undefined);
    else outgoing.end(body);
  });
}

function lengthOf(body: Body | undefined): Record<string, string> {
  if (body === undefined) return {};
  const bytes = typeof body === "string" ? Buffer.byteLength(body) : body.length;
  return { "content-length": String(bytes) };
}

/** The whole body; rejects when it is longer than `limit` bytes or breaks off. */
export async function readAll(response: RawResponse, limit: number, signal?: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response.stream) {
      chunks.push(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (size > limit) break;
    }
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw new ConnectionError(error);
  }
  if (size > limit) throw new Error(`the answer is longer than ${limit} bytes`);
  return Buffer.concat(chunks);
}
