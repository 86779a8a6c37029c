/** Images. */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { listAll } from "./pages";
import type { Query, Session } from "./session";
import { waitFor, type WaitOptions } from "./wait";

export interface GlanceImage {
  readonly id: string;
  readonly name: string | null;
  readonly status: string;
  readonly visibility: string;
  /** Bytes. */
  readonly size: number | null;
  readonly checksum: string | null;
  readonly os_hash_algo: string | null;
  readonly os_hash_value: string | null;
  readonly os_hidden: boolean;
  readonly protected: boolean;
  readonly disk_format: string | null;
  readonly min_disk: number;
  readonly min_ram: number;
  readonly tags: readonly string[];
  readonly owner: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  /** The custom properties stand beside the fixed ones. */
  readonly [property: string]: unknown;
}

export interface NewImage {
  readonly name: string;
  readonly diskFormat: string;
  /** @default "bare" */
  readonly containerFormat?: string;
  /** @default "private" */
  readonly visibility?: "private" | "shared" | "community" | "public";
  readonly minDiskGiB?: number;
  readonly minRamMiB?: number;
  readonly tags?: readonly string[];
  readonly properties?: Readonly<Record<string, string>>;
}

export interface ImageFilter {
  readonly name?: string;
  /** All of them. */
  readonly tags?: readonly string[];
  /** Project id. */
  readonly owner?: string;
  readonly visibility?: string;
  readonly status?: string;
  /** Hidden images are listed only when they are asked for. @default false */
  readonly hidden?: boolean;
  /** Custom properties with exactly these values. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** An upload ends when the store has it all, which may take long after the last byte was sent. */
const UPLOAD_IDLE = 10 * 60_000;

/** A queued image with all its properties; the data follows by `uploadImage`. */
export function createImage(session: Session, image: NewImage): Promise<GlanceImage> {
  const json = {
    ...image.properties,
    name: image.name,
    disk_format: image.diskFormat,
    container_format: image.containerFormat ?? "bare",
    visibility: image.visibility ?? "private",
    min_disk: image.minDiskGiB ?? 0,
    min_ram: image.minRamMiB ?? 0,
    tags: image.tags ?? [],
  };
  return session.json({ service: "image", method: "POST", path: "/images", json });
}

/** Streams the file into a queued image. On failure the image stays as Glance leaves it: delete it. */
export function uploadImage(session: Session, id: string, file: string, signal?: AbortSignal): Promise<void> {
  return sendData(session, `/images/${id}/file`, file, signal);
}

/** Streams the file into Glance's staging area: an import makes it the image's data. */
export function stageImage(session: Session, id: string, file: string, signal?: AbortSignal): Promise<void> {
  return sendData(session, `/images/${id}/stage`, file, signal);
}

export type ImportSource =
  | { readonly name: "glance-direct" }
  | {
      readonly name: "web-download";
      /** Where Glance reads the data, as seen from there. */
      readonly uri: string;
    };

/** Asks Glance to import what was staged, or what is at an address; it goes on by itself, `waitForImage` tells how. */
export async function importImage(session: Session, id: string, method: ImportSource): Promise<void> {
  await session.request({
    service: "image",
    method: "POST",
    path: `/images/${id}/import`,
    json: { method },
    retry: true,
    // Asked for again because no answer came: it is importing already.
    expect: [202, 409],
  });
}

/** The ways of importing that this Glance offers; none where it knows of no imports. */
export async function importMethods(session: Session): Promise<readonly string[]> {
  const answer = await session.request({ service: "image", method: "GET", path: "/info/import", expect: [200, 404] });
  const info = answer.json as { readonly "import-methods"?: { readonly value?: readonly string[] } } | undefined;
  return info?.["import-methods"]?.value ?? [];
}

async function sendData(session: Session, path: string, file: string, signal?: AbortSignal): Promise<void> {
  const { size } = await stat(file);
  await session.request({
    service: "image",
    method: "PUT",
    path,
    headers: { "content-type": "application/octet-stream" },
    body: { length: size, open: () => createReadStream(file) },
    // Data that has begun to arrive makes a second PUT a conflict.
    retry: false,
    idleTimeout: UPLOAD_IDLE,
    signal,
  });
}

/** Writes the image's data to a file; the caller compares its hash. */
export async function downloadImage(session: Session, id: string, file: string, signal?: AbortSignal): Promise<void> {
  const path = `/images/${id}/file`;
  const answer = await session.stream({
    service: "image",
    method: "GET",
    path,
    headers: { accept: "application/octet-stream" },
    signal,
  });
  await pipeline(answer.stream, createWriteStream(file));
}

/** The image, or undefined when there is none with this id. */
export async function getImage(session: Session, id: string): Promise<GlanceImage | undefined> {
  const answer = await session.request({ service: "image", method: "GET", path: `/images/${id}`, expect: [200, 404] });
  return answer.status === 404 ? undefined : (answer.json as GlanceImage);
}

export function listImages(session: Session, filter: ImageFilter = {}): Promise<GlanceImage[]> {
  const { name, tags, owner, visibility, status, hidden, properties } = filter;
  const query: Query = {
    ...properties,
    // Glance reads commas and operators ("in:", "neq:") in a bare name.
    name: name === undefined ? undefined : `in:"${name.replace(/["\\]/g, "\\$&")}"`,
    tag: tags,
    owner,
    visibility,
    status,
    os_hidden: hidden,
    limit: 200,
  };
  return listAll(session, { service: "image", path: "/images", query, key: "images" });
}

/** Hidden ones too: Glance lists them only when they are asked for. */
export async function listShownAndHidden(
  session: Session,
  filter: Omit<ImageFilter, "hidden"> = {},
): Promise<GlanceImage[]> {
  const both = [false, true].map((hidden) => listImages(session, { ...filter, hidden }));
  return (await Promise.all(both)).flat();
}

export type ImageChange =
  | { readonly op: "add" | "replace"; readonly path: string; readonly value: unknown }
  | { readonly op: "remove"; readonly path: string };

/** JSON patch: `{op: "replace", path: "/visibility", value: "public"}`. */
export function updateImage(session: Session, id: string, changes: readonly ImageChange[]): Promise<GlanceImage> {
  return session.json({
    service: "image",
    method: "PATCH",
    path: `/images/${id}`,
    headers: { "content-type": "application/openstack-images-v2.1-json-patch" },
    json: changes,
  });
}

/** Nobody but administrators can read its data any more. */
export async function deactivateImage(session: Session, id: string): Promise<void> {
  await session.request({ service: "image", method: "POST", path: `/images/${id}/actions/deactivate`, retry: true });
}

/** The opposite of {@link deactivateImage}. */
export async function reactivateImage(session: Session, id: string): Promise<void> {
  await session.request({ service: "image", method: "POST", path: `/images/${id}/actions/reactivate`, retry: true });
}

/** Hex digests of the image's data as it is read now; nothing of it is written anywhere. */
export async function imageDigests(
  session: Session,
  id: string,
  algorithms: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const answer = await session.stream({
    service: "image",
    method: "GET",
    path: `/images/${id}/file`,
    headers: { accept: "application/octet-stream" },
  });
  const hashes = algorithms.map((name) => [name, createHash(name)] as const);
  for await (const chunk of answer.stream) hashes.forEach(([, hash]) => hash.update(chunk as Buffer));
  return Object.fromEntries(hashes.map(([name, hash]) => [name, hash.digest("hex")]));
}

/** True when it was there. */
export async function deleteImage(session: Session, id: string): Promise<boolean> {
  const path = `/images/${id}`;
  return (await session.request({ service: "image", method: "DELETE", path, expect: [204, 404] })).status === 204;
}

export interface ImageWaitOptions extends WaitOptions {
  /** Milliseconds that it may stay `queued`: Glance has been told where its data is. @default the timeout */
  readonly queuedWithin?: number;
}

/** The image once it is active. Throws at once when it can no longer become so. */
export function waitForImage(session: Session, id: string, options: ImageWaitOptions): Promise<GlanceImage> {
  const { queuedWithin = options.timeout } = options;
  const start = Date.now();
  const what = `${session.cloud}/${session.region ?? "?"}: image ${id} active`;
  return waitFor(
    what,
    async () => {
      const image = await getImage(session, id);
      if (!image) throw new Error(`${what}: it is gone (Glance deletes an image whose signature or data it refuses)`);
      if (["killed", "deleted", "pending_delete", "deactivated"].includes(image.status)) {
        throw new Error(`${what}: it is ${image.status}`);
      }
      if (typeof image["os_glance_failed_import"] === "string" && image["os_glance_failed_import"] !== "") {
        throw new Error(`${what}: its import into ${image["os_glance_failed_import"]} has failed`);
      }
      if (image.status === "queued" && Date.now() - start > queuedWithin) {
        throw new Error(`${what}: it is still queued, its data has got lost`);
      }
      return image.status === "active" ? { done: image, state: image.status } : { state: image.status };
    },
    options,
  );
}
