/** A build's image in one region's Glance: there exactly once, active, with the hash of the local file. */
import * as glance from "../../openstack/glance";
import { hasStatus } from "../../openstack/errors";
import type { GlanceImage, NewImage } from "../../openstack/glance";
import type { Session } from "../../openstack/session";
import type { ImportMethod } from "../../model/region";
import { digestFile } from "./digests";
import { oneLine, StageError } from "./errors";
import { bringData } from "./glance-import";
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
  /** How the bytes come in. @default "direct" */
  readonly method?: ImportMethod | undefined;
  /** web-download: puts the file where the region's Glance can read it; that address. */
  readonly address?: () => Promise<string>;
  /** Seconds before each further try. @default 10, 40, 160 */
  readonly pauses?: readonly number[];
}

/** Seconds before each further try. */
const PAUSES = [10, 40, 160];
/** How long an image whose data Glance has been given may stay queued, milliseconds. */
const QUEUED_WITHIN = 2 * 60_000;

/**
 * Registers the image unless it is there already. What earlier tries left half-done under the same name and tags
 * (queued, killed, of other bytes) is deleted. What fails is tried again, a wrong hash or a refusal never.
 */
export async function storeImage(options: StoreOptions): Promise<StoredImage> {
  const { region, signal, log, pauses = PAUSES } = options;
  const hashes = new Map<string, string>();
  const localHash = async (algorithm: string): Promise<string> => {
    const known =
      hashes.get(algorithm) ?? (await digestFile(options.file, [algorithm], options.signal)).hex[algorithm] ?? "";
    hashes.set(algorithm, known);
    return known;
  };
  for (let tried = 0; ; tried++) {
    try {
      return (await reuseOrRemove(options, localHash)) ?? (await upload(options, localHash));
    } catch (error) {
      const pause = pauses[tried];
      if (pause === undefined || signal.aborted || error instanceof StageError || isRefusal(error)) throw error;
      log(`${region}: try ${tried + 1} of ${pauses.length + 1} has failed, the next in ${pause} s: ${oneLine(error)}`);
      await sleep(pause, signal);
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
  const { session, image, file, signal, region, log, method = "direct", address = noAddress(region) } = options;
  const { id } = await glance.createImage(session, image);
  try {
    log(`${region}: image ${id} is made, its data comes in by ${method}`);
    await bringData(method, { session, id, file, address, signal });
    const active = await glance.waitForImage(session, id, {
      timeout: options.activeWithin,
      queuedWithin: QUEUED_WITHIN,
      interval: 1000,
      signal,
    });
    if (!(await matches(active, localHash))) {
      const { algorithm, value } = hashOf(active) ?? { algorithm: "no", value: "hash" };
      throw new StageError(
        `${region}: image ${id} is stored with ${algorithm} ${value}, the local file has another; it is deleted`,
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

function noAddress(region: string): () => Promise<string> {
  return () => Promise.reject(new StageError(`${region}: web-download needs importFrom in factory.yaml`));
}

/** The hash by the cloud's own algorithm; a Glance that knows none tells the MD5 of old. */
function hashOf(image: GlanceImage): { readonly algorithm: string; readonly value: string } | undefined {
  const { os_hash_algo: algorithm, os_hash_value: value, checksum } = image;
  if (algorithm && value) return { algorithm, value };
  return checksum ? { algorithm: "md5", value: checksum } : undefined;
}

async function matches(image: GlanceImage, localHash: LocalHash): Promise<boolean> {
  const hash = hashOf(image);
  return hash !== undefined && (await localHash(hash.algorithm)) === hash.value;
}

function stored(region: string, image: GlanceImage): StoredImage {
  const { algorithm = "", value = "" } = hashOf(image) ?? {};
  return { region, imageId: image.id, hashAlgo: algorithm, hashValue: value };
}

/** Whether an image that was stored earlier is still there, active, with the same hash. */
export async function isStored(session: Session, image: StoredImage): Promise<boolean> {
  const found = await glance.getImage(session, image.imageId);
  return found?.status === "active" && hashOf(found)?.value === image.hashValue;
}
