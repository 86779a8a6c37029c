/** Object storage. */
import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { readAll, type Body } from "./http";
import type { Response, Session } from "./session";

export interface ContainerFacts {
  readonly objects: number;
  readonly bytes: number;
  /** Without `x-container-meta-`, lower case. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Who may read objects (`.r:*`: everybody); empty: the project alone. */
  readonly readers: string;
  /** Whether former versions are kept, inside of the container. */
  readonly versioned: boolean;
  /** The container that former versions go to, where the cloud has only that. */
  readonly history: string | undefined;
}
export interface ObjectFacts {
  readonly bytes: number;
  /** MD5 of the content. */
  readonly etag: string;
  readonly contentType: string;
  readonly lastModified: string;
  /** Without `x-object-meta-`, lower case. */
  readonly metadata: Readonly<Record<string, string>>;
}
export interface ListedObject {
  readonly name: string;
  readonly bytes: number;
  readonly hash: string;
  readonly content_type: string;
  readonly last_modified: string;
}
export interface PutOptions {
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Only when there is none of this name yet. */
  readonly ifAbsent?: boolean;
  /** Seconds after which it is gone. */
  readonly deleteAfter?: number;
  readonly signal?: AbortSignal;
}

const TRANSFER_IDLE = 5 * 60_000;
const PAGE = 1000;

const containerPath = (container: string): string => `/${encodeURIComponent(container)}`;
const objectPath = (container: string, name: string): string =>
  `${containerPath(container)}/${name.split("/").map(encodeURIComponent).join("/")}`;
const meta = (kind: "container" | "object", metadata: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [`x-${kind}-meta-${key.replace(/_/g, "-")}`, value]),
  );
const metaOf = (kind: "container" | "object", { headers }: Response): Record<string, string> => {
  const prefix = `x-${kind}-meta-`;
  const entries = Object.entries(headers).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(entries.map(([name, value]) => [name.slice(prefix.length), String(value)]));
};

/** Makes the container or, when it is there, sets what is given. Underscores in metadata names become dashes. */
export async function putContainer(
  session: Session,
  container: string,
  metadata?: Readonly<Record<string, string>>,
): Promise<void> {
  const headers = meta("container", metadata);
  await session.request({ service: "object-store", method: "PUT", path: containerPath(container), headers });
}

/** What is overwritten or deleted in the container is kept as a former version. False where the storage can not. */
export async function keepVersions(session: Session, container: string): Promise<boolean> {
  const answer = await session.request({
    service: "object-store",
    method: "POST",
    path: containerPath(container),
    headers: { "x-versions-enabled": "true" },
    expect: [200, 201, 202, 204, 400, 405, 501],
  });
  return answer.status < 300;
}

/** Undefined when there is none of this name. */
export async function headContainer(session: Session, container: string): Promise<ContainerFacts | undefined> {
  const path = containerPath(container);
  const answer = await session.request({ service: "object-store", method: "HEAD", path, expect: [200, 204, 404] });
  if (answer.status === 404) return undefined;
  const number = (name: string): number => Number(answer.headers[name] ?? 0);
  return {
    objects: number("x-container-object-count"),
    bytes: number("x-container-bytes-used"),
    metadata: metaOf("container", answer),
    readers: String(answer.headers["x-container-read"] ?? ""),
    versioned: String(answer.headers["x-versions-enabled"]).toLowerCase() === "true",
    history: answer.headers["x-history-location"]?.toString(),
  };
}

export interface ContainerChange {
  /** `.r:*` lets everybody read objects by their names; empty: the project alone. */
  readonly readers?: string;
  readonly versioned?: boolean;
  /** Where former versions go to; empty: nowhere. */
  readonly history?: string;
}

/** Changes settings of a container that is there. A cloud ignores what it does not know: look at it again. */
export async function changeContainer(session: Session, container: string, change: ContainerChange): Promise<void> {
  const { readers, versioned, history } = change;
  const headers = {
    ...(readers !== undefined && { "x-container-read": readers }),
    ...(versioned !== undefined && { "x-versions-enabled": String(versioned) }),
    ...(history !== undefined && { "x-history-location": history }),
  };
  await session.request({ service: "object-store", method: "POST", path: containerPath(container), headers });
}

/** The project's containers. */
export async function listContainers(session: Session): Promise<{ name: string; count: number; bytes: number }[]> {
  return pages(session, "", {});
}

/** Removes an empty container: "gone" when there was none, "not-empty" when it holds something. */
export async function deleteContainer(session: Session, container: string): Promise<"deleted" | "gone" | "not-empty"> {
  const path = containerPath(container);
  const answer = await session.request({ service: "object-store", method: "DELETE", path, expect: [204, 404, 409] });
  return answer.status === 204 ? "deleted" : answer.status === 404 ? "gone" : "not-empty";
}

/** Stores an object; "exists" when `ifAbsent` was asked for and there is one. */
export async function putObject(
  session: Session,
  container: string,
  name: string,
  body: Body,
  options: PutOptions = {},
): Promise<"stored" | "exists"> {
  const answer = await session.request({
    service: "object-store",
    method: "PUT",
    path: objectPath(container, name),
    headers: {
      "content-type": options.contentType ?? "application/octet-stream",
      ...(options.ifAbsent && { "if-none-match": "*" }),
      ...(options.deleteAfter !== undefined && { "x-delete-after": String(options.deleteAfter) }),
      ...meta("object", options.metadata),
    },
    body,
    expect: options.ifAbsent ? [201, 412] : [201],
    // Said twice, "only when absent" would find the first try's object.
    retry: !options.ifAbsent,
    idleTimeout: TRANSFER_IDLE,
    signal: options.signal,
  });
  return answer.status === 412 ? "exists" : "stored";
}

/** Stores a file as an object. */
export async function putFile(
  session: Session,
  container: string,
  name: string,
  file: string,
  options: PutOptions = {},
): Promise<"stored" | "exists"> {
  const { size } = await stat(file);
  return putObject(session, container, name, { length: size, open: () => createReadStream(file) }, options);
}

/** Undefined when there is none of this name. */
export async function headObject(session: Session, container: string, name: string): Promise<ObjectFacts | undefined> {
  const path = objectPath(container, name);
  const answer = await session.request({ service: "object-store", method: "HEAD", path, expect: [200, 204, 404] });
  if (answer.status === 404) return undefined;
  const header = (key: string): string => String(answer.headers[key] ?? "");
  return {
    bytes: Number(header("content-length")),
    etag: header("etag").replaceAll('"', ""),
    contentType: header("content-type"),
    lastModified: header("last-modified"),
    metadata: metaOf("object", answer),
  };
}

/** A small object's content (at most `limit` bytes); undefined when there is none of this name. */
export async function getObject(
  session: Session,
  container: string,
  name: string,
  limit = 16 * 1024 * 1024,
): Promise<Buffer | undefined> {
  const path = objectPath(container, name);
  const raw = await session.stream({ service: "object-store", method: "GET", path, expect: [200, 404] });
  const content = await readAll(raw, limit);
  return raw.status === 404 ? undefined : content;
}

/** Writes an object to a file. */
export async function downloadObject(session: Session, container: string, name: string, file: string): Promise<void> {
  const path = objectPath(container, name);
  const raw = await session.stream({ service: "object-store", method: "GET", path, idleTimeout: TRANSFER_IDLE });
  await pipeline(raw.stream, createWriteStream(file));
}

/** The container's objects whose names begin with `prefix`. */
export function listObjects(session: Session, container: string, prefix = ""): Promise<ListedObject[]> {
  return pages(session, containerPath(container), prefix === "" ? {} : { prefix });
}

export interface ListedVersion extends ListedObject {
  /** Undefined where the container knows no versions. */
  readonly version_id?: string;
  readonly is_latest?: boolean;
}

/** The same with all former versions, and with what tells that an object was deleted. */
export function listVersions(session: Session, container: string, prefix = ""): Promise<ListedVersion[]> {
  return pages(session, containerPath(container), { versions: "true", ...(prefix !== "" && { prefix }) });
}

/** True when it was there. Without `version` a container that keeps versions keeps it as a former one. */
export async function deleteObject(
  session: Session,
  container: string,
  name: string,
  version?: string,
): Promise<boolean> {
  const path = objectPath(container, name);
  const query = { "version-id": version };
  const answer = await session.request({ service: "object-store", method: "DELETE", path, query, expect: [204, 404] });
  return answer.status === 204;
}

/** Swift gives no link to the next page: one asks from the last name on until nothing comes. */
async function pages<T extends { readonly name: string; readonly version_id?: string }>(
  session: Session,
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<T[]> {
  const items: T[] = [];
  for (;;) {
    const { name: marker, version_id } = items.at(-1) ?? {};
    const page = await session.json<T[]>({
      service: "object-store",
      method: "GET",
      path,
      query: {
        ...query,
        format: "json",
        limit: PAGE,
        marker,
        ...(query["versions"] && { version_marker: version_id }),
      },
    });
    if (page.length === 0) return items;
    items.push(...page);
  }
}
