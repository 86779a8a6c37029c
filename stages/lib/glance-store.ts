/** A build's image in one region's Glance: there exactly once, active, with the hash of the local file. */
import * as glance from "../../openstack/glance";
import { hasStatus } from "../../openstack/errors";
import type { GlanceImage, NewImage } from "../../openstack/glance";
import type { Session } from "../../openstack/session";
import { digestFile } from "./digests";
import { oneLine, StageError } from "./errors";
import type { StoredImage } from "./results";
import { sleep } from "./wait";

export interface StoreOptions {
  readonly region: string;
  readonly session: Session;
  /** Name, properties and tags; the tags tell our own images from others. */
  readonly image: NewImage;
  readonly file: string;
  /** Milliseconds from the end of the upload to "active". */
  readonly activeWithin: number;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

const TRIES = 3;
/** Seconds before the second try; the third waits twice as long. */
const PAUSE = 5;

/**
 * Registers the image unless it is there already. What earlier tries left half-done under the same name and tags is
 * deleted. An upload that fails is tried again, a wrong hash never: it is deleted and reported.
 */
export async function storeImage(options: StoreOptions): Promise<StoredImage> {
  const hashes = new Map<string, string>();
  const localHash = async (algorithm: string): Promise<string> => {
    const known =
      hashes.get(algorithm) ?? (await digestFile(options.file, [algorithm], options.signal)).hex[algorithm] ?? "";
    hashes.set(algorithm, known);
    return known;
  };
  const there = await reuseOrRemove(options, localHash);
  if (there) return there;
  for (let tried = 1; ; tried++) {
    try {
      return await upload(options, localHash);
    } catch (error) {
      const again = tried < TRIES && !options.signal.aborted && !(error instanceof StageError) && !isRefusal(error);
      if (!again) throw error;
      options.log(`upload failed, tried again: ${oneLine(error)}`);
      await sleep(PAUSE * tried, options.signal);
    }
  }
}

/** Answers that another try cannot change: not allowed, no such thing, over quota. */
function isRefusal(error: unknown): boolean {
  return hasStatus(error, 400, 401, 403, 404, 413);
}

type LocalHash = (algorithm: string) => Promise<string>;

async function reuseOrRemove(options: StoreOptions, localHash: LocalHash): Promise<StoredImage | undefined> {
  const { session, image, log, region } = options;
  let found: StoredImage | undefined;
  for (const each of await glance.listImages(session, { name: image.name, tags: image.tags ?? [] })) {
    if (found === undefined && each.status === "active" && (await matches(each, localHash))) {
      log(`${region}: image ${each.id} is there already`);
      found = stored(region, each);
    } else if (each.visibility === "public" || each.protected) {
      throw new StageError(
        `${region}: image ${each.id} has the name ${image.name} and is ${each.protected ? "protected" : "public"}; it is not touched`,
      );
    } else {
      log(`${region}: deleting image ${each.id} (${each.status}), left by an earlier try`);
      await glance.deleteImage(session, each.id);
    }
  }
  return found;
}

async function upload(options: StoreOptions, localHash: LocalHash): Promise<StoredImage> {
  const { session, image, file, signal, region, log } = options;
  const { id } = await glance.createImage(session, image);
  try {
    log(`${region}: image ${id} is made, uploading`);
    await glance.uploadImage(session, id, file, signal);
    const active = await glance.waitForImage(session, id, { timeout: options.activeWithin, interval: 1000, signal });
    if (!(await matches(active, localHash))) {
      throw new StageError(
        `${region}: image ${id} is stored with ${String(active.os_hash_algo)} ${String(active.os_hash_value)}, the local file has another; it is deleted`,
      );
    }
    return stored(region, active);
  } catch (error) {
    // A stub or a wrong image must not stay; that it could not be deleted must not hide why.
    await glance
      .deleteImage(session, id)
      .catch((late: unknown) => log(`${region}: image ${id} stays: ${oneLine(late)}`));
    throw error;
  }
}

async function matches(image: GlanceImage, localHash: LocalHash): Promise<boolean> {
  if (image.os_hash_algo === null || image.os_hash_value === null) return false;
  return (await localHash(image.os_hash_algo)) === image.os_hash_value;
}

function stored(region: string, { id, os_hash_algo, os_hash_value }: GlanceImage): StoredImage {
  return { region, imageId: id, hashAlgo: os_hash_algo ?? "", hashValue: os_hash_value ?? "" };
}

/** Whether an image that was stored earlier is still there, active, with the same hash. */
export async function isStored(session: Session, image: StoredImage): Promise<boolean> {
  const found = await glance.getImage(session, image.imageId);
  return found?.status === "active" && found.os_hash_value === image.hashValue;
}
