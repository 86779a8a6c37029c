/** A build's artefacts out of bucket staging: fetched, compared with the request, then into bucket release. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { artefactObject } from "../model/catalogue";
import type { PublishRequest } from "../model/publish-request";
import { contentType } from "../site/content-type";
import { Refusal, type Publisher } from "./ports";

export interface Staged {
  readonly path: string;
  /** Where it lies here. */
  readonly file: string;
  readonly size: number;
  readonly sha256: string;
  readonly sha512: string;
  readonly md5: string;
}

/** Runs `work` with all artefacts in files here. Throws a Refusal for one that is not what the request lists. */
export async function withStaged<T>(
  publisher: Pick<Publisher, "staging" | "work">,
  request: PublishRequest,
  work: (artefacts: ReadonlyMap<string, Staged>) => Promise<T>,
): Promise<T> {
  const directory = path.join(publisher.work, request.build);
  try {
    const artefacts = new Map<string, Staged>();
    for (const listed of request.artefacts) {
      const file = path.join(directory, listed.path);
      await mkdir(path.dirname(file), { recursive: true });
      await publisher.staging.download(`${request.image.name}/${request.build}/${listed.path}`, file);
      const found = await digests(file);
      if (found.size !== listed.size || found.sha256 !== listed.sha256)
        throw new Refusal(`${listed.path}: what lies in ${publisher.staging.bucket} is not what the request lists`);
      artefacts.set(listed.path, { path: listed.path, file, ...found });
    }
    return await work(artefacts);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** What was compared comes to stand in bucket release. */
export async function toRelease(
  { release, say }: Pick<Publisher, "release" | "say">,
  { image, build }: { readonly image: string; readonly build: string },
  artefacts: ReadonlyMap<string, Staged>,
): Promise<void> {
  for (const { path: name, file, md5 } of artefacts.values()) {
    await release.upload(artefactObject(image, build, name), file, { md5, type: contentType(name) });
  }
  say(`${artefacts.size} artefacts in ${release.bucket}/images/${image}/${build}/`);
}

/** A small artefact's content. Throws a Refusal when the request lists none of this name. */
export async function contentOf(artefacts: ReadonlyMap<string, Staged>, name: string): Promise<Buffer> {
  const found = artefacts.get(name);
  if (!found) throw new Refusal(`the request lists no ${name}`);
  return readAll(found.file);
}

async function readAll(file: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function digests(file: string): Promise<Pick<Staged, "size" | "sha256" | "sha512" | "md5">> {
  const [sha256, sha512, md5] = ["sha256", "sha512", "md5"].map((name) => createHash(name));
  let size = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    for (const hash of [sha256, sha512, md5]) hash?.update(chunk);
  }
  const hex = (hash = createHash("md5")): string => hash.digest("hex");
  return { size, sha256: hex(sha256), sha512: hex(sha512), md5: hex(md5) };
}
