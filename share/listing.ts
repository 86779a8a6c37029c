/** What there is on the share. Whatever can't be read throws: who deletes must know everything. */
import { lstat } from "node:fs/promises";
import path from "node:path";
import { readBuildManifest } from "../model/build-manifest";
import { isGood } from "../model/build-progress";
import { mergeEvents, parseEvents, stageStatuses, type BuildEvent } from "../model/events";
import { parseLease } from "../model/lease";
import { BUILD_ID, parseBuildId } from "../model/naming";
import { BUILD_PATHS } from "../model/plan";
import { parseImageRetention, type CacheEntry, type ImageRetention, type KnownBuild } from "../model/retention";
import { parseExport, type BuildExport } from "../model/share-export";
import { filesBelow, isMissing, namesIn, textIfThere } from "./files";
import type { Places } from "./places";

/** Milliseconds since its last sign of life within which a host may still be alive. */
const ALIVE = 10 * 60_000;

/** The formats that builders make. */
const DISK_IMAGE = /^artefacts\/[^/]+\.(qcow2|raw|vmdk|vhdx?)$/;

export interface KnownExport extends BuildExport {
  readonly file: string;
  /** Nothing needs it any more: its time is over and its host silent. */
  readonly stale: boolean;
}

/** Throws when the share's volume is not there. */
export async function assertShare(places: Places): Promise<void> {
  await lstat(places.leases).catch(() => {
    throw new Error(`${places.share}: the share is not there (${places.leases} is missing)`);
  });
}

export async function listExports(places: Places, now: number): Promise<KnownExport[]> {
  const files = (await namesIn(places.exports)).filter((name) => name.endsWith(".exports"));
  return Promise.all(
    files.map(async (name) => {
      const file = path.join(places.exports, name);
      const granted = parseExport((await textIfThere(file)) ?? "", file);
      const alive = await isAlive(buildDirectory(places, granted.build), now);
      return { ...granted, file, stale: Date.parse(granted.expires) < now && !alive };
    }),
  );
}

export function listImages(places: Places): Promise<string[]> {
  return namesIn(places.builds);
}

/** All builds of an image. */
export async function listBuilds(
  places: Places,
  image: string,
  exported: readonly BuildExport[],
  now: number,
): Promise<KnownBuild[]> {
  const leaseFile = path.join(places.leases, `${image}.json`);
  const lease = parseLease((await textIfThere(leaseFile)) ?? "", leaseFile);
  const leased = lease && Date.parse(lease.expires) > now ? lease.build : undefined;
  const released = await releasedBuild(path.join(places.released, `${image}.json`));
  const builds = (await namesIn(path.join(places.builds, image))).filter((name) => BUILD_ID.test(name));
  const found: KnownBuild[] = [];
  for (const build of builds) {
    const directory = buildDirectory(places, build);
    const { events, broken } = await eventsOf(directory);
    const inUse = [
      [leased === build, "its lease is held"],
      [exported.some((one) => one.build === build), "exported to its host"],
      [released === build, "the image's last release"],
      [await isAlive(directory, now), "its host is alive"],
      [broken !== undefined, broken],
    ].find(([applies]) => applies === true)?.[1] as string | undefined;
    const files = await filesBelow(directory);
    const sum = (some: typeof files): number => some.reduce((total, { bytes }) => total + bytes, 0);
    const started = parseBuildId(build).started.getTime();
    found.push({
      image,
      build,
      started,
      last: Math.max(started, ...events.map(({ time }) => Date.parse(time) || 0).filter((time) => time <= now)),
      good: isGood(stageStatuses(events)),
      inUse,
      diskImages: sum(files.filter(({ path: name }) => DISK_IMAGE.test(name))),
      bytes: sum(files),
    });
  }
  return found;
}

/** What the image itself wants kept; undefined when it says nothing. */
export async function imageRetention(places: Places, image: string): Promise<ImageRetention | undefined> {
  const file = path.join(places.retention, `${image}.json`);
  const text = await textIfThere(file);
  return text === undefined ? undefined : parseImageRetention(text, file);
}

/** Names of a build's disk images, relative to its directory. */
export async function diskImages(places: Places, build: string): Promise<string[]> {
  const files = await filesBelow(buildDirectory(places, build));
  return files.map(({ path: name }) => name).filter((name) => DISK_IMAGE.test(name));
}

export async function listCache(places: Places, exported: readonly BuildExport[]): Promise<CacheEntry[]> {
  const inUse = exported.map(({ build, recipe }) => path.join(parseBuildId(build).image, recipe));
  return (await filesBelow(places.cache)).map(({ path: name, bytes, changed }) => ({
    path: name,
    bytes,
    used: changed,
    inUse: inUse.some((directory) => name.startsWith(`${directory}/`)),
  }));
}

export function buildDirectory(places: Places, build: string): string {
  return path.join(places.builds, parseBuildId(build).image, build);
}

async function releasedBuild(file: string): Promise<string | undefined> {
  const text = await textIfThere(file);
  return text === undefined ? undefined : readBuildManifest(text, file).build;
}

/** By the NFS server's clock. A time in the future is no sign of life: it was set by hand. */
async function isAlive(directory: string, now: number): Promise<boolean> {
  try {
    const { mtimeMs } = await lstat(path.join(directory, BUILD_PATHS.heartbeat));
    return Math.abs(now - mtimeMs) < ALIVE;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** A build whose events make no sense is kept and told about: it may be the last good one. */
async function eventsOf(directory: string): Promise<{ readonly events: BuildEvent[]; readonly broken?: string }> {
  const place = path.join(directory, BUILD_PATHS.events);
  try {
    const files = (await namesIn(place)).filter((name) => name.endsWith(".jsonl"));
    const texts = await Promise.all(files.map((name) => textIfThere(path.join(place, name))));
    return { events: mergeEvents(...texts.map((text) => parseEvents((text ?? "").trimEnd()))) };
  } catch (error) {
    return { events: [], broken: `its events can not be read: ${(error as Error).message}` };
  }
}
