/** Revoking: nobody shall use a build any more. Every region at once, whatever is wrong with another one. */
import type { Attributes } from "../model/release-plan";
import { BUILD_ID, parseBuildId } from "../model/naming";
import { historyOf } from "../model/release-record";
import { releaseNames } from "../model/rotation";
import type { GlanceImage } from "../openstack/glance";
import { refreshCatalogue } from "./finish";
import { append, readLedger, unknownImage } from "./ledger";
import type { Publisher, RegionPort } from "./ports";
import { before } from "./roll-back";
import { formerCatalogue } from "./site";

export interface Revoked {
  readonly build: string;
  /** A line for each region that has not taken it yet. */
  readonly queued: readonly string[];
  /** Images and builds that were made from it: `RegionOne: name (id)`. */
  readonly builtOn: readonly string[];
  /** The release that customers can be given again; undefined: they have a current one, or there is none. */
  readonly former?: string | undefined;
}

const QUEUE = ".factory/revocations/";

/** Revokes a build, or the current one of an image. It is queued first: a region that is down gets it later. */
export async function revoke(publisher: Publisher, what: string, reason: string): Promise<Revoked> {
  const isBuild = BUILD_ID.test(what);
  const image = isBuild ? parseBuildId(what).image : what;
  const ledger = await readLedger(publisher, image);
  if (!isBuild && ledger.records.length === 0) throw await unknownImage(publisher, image);
  const history = historyOf(ledger.records);
  // Stopped in the middle and said again: there is no current one any more, and this is what was meant.
  const build = isBuild ? what : (history.current ?? (await queuedOf(publisher, image)));
  if (build === undefined) throw new Error(`${what}: has no current release; name a build to revoke it`);
  if (!ledger.records.some((record) => record.build === build))
    throw new Error(`${build}: nobody has asked to publish it; there is nothing to revoke`);
  await publisher.release.write(`${QUEUE}${build}.json`, `${JSON.stringify({ build, reason })}\n`);
  if (!history.revoked.some((one) => one.build === build)) {
    const at = publisher.now().toISOString();
    await append(publisher, ledger, { kind: "revoked", build, at, by: publisher.who, reason });
  }
  return { ...(await carryOut(publisher, build)), former: await formerOf(publisher, image) };
}

async function formerOf(publisher: Publisher, image: string): Promise<string | undefined> {
  const history = historyOf((await readLedger(publisher, image)).records);
  const revoked = history.revoked.map(({ build }) => build);
  return history.current === undefined ? before(history, revoked) : undefined;
}

/** Revocations that a region has not taken yet. */
export async function revokeQueued(publisher: Publisher): Promise<Revoked[]> {
  const done: Revoked[] = [];
  for (const build of await queuedBuilds(publisher)) {
    // One image's records that are not to be believed keep no other one from being revoked.
    const outcome = await carryOut(publisher, build).catch((error: unknown): Revoked => {
      const why = error instanceof Error ? error.message : String(error);
      return { build, queued: [`${build} is not told of in the catalogue yet: ${why}`], builtOn: [] };
    });
    done.push(outcome);
  }
  return done;
}

async function queuedBuilds({ release }: Publisher): Promise<string[]> {
  return (await release.list(QUEUE)).map((name) => name.slice(QUEUE.length, -".json".length));
}

async function queuedOf(publisher: Publisher, image: string): Promise<string | undefined> {
  const builds = await queuedBuilds(publisher);
  return builds.find((build) => parseBuildId(build).image === image);
}

async function carryOut(publisher: Publisher, build: string): Promise<Revoked> {
  const { image } = parseBuildId(build);
  const known = (await formerCatalogue(publisher))?.images.find(({ name }) => name === image);
  const dated = releaseNames.dated(known?.title ?? image, build);
  const outcomes = await Promise.all(
    publisher.regions.map(async (region) => {
      try {
        return { builtOn: await withdraw(region, { image, build, dated }) };
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        return { queued: `${region.name}: ${build} is not revoked there yet: ${why}`, builtOn: [] };
      }
    }),
  );
  const children = outcomes.flatMap(({ builtOn }) => builtOn);
  const builds = children.flatMap(({ image: one }) => {
    const name = one["image_factory_build"];
    return typeof name === "string" && BUILD_ID.test(name) && name !== build ? [name] : [];
  });
  await refreshCatalogue(publisher, image, new Map([[build, [...new Set(builds)]]]));
  const queued = outcomes.flatMap(({ queued: line }) => line ?? []);
  if (queued.length === 0) await publisher.release.remove(`${QUEUE}${build}.json`);
  const builtOn = children.map(({ region, image: one }) => `${region}: ${one.name ?? ""} (${one.id})`);
  return { build, queued, builtOn: [...new Set(builtOn)].sort() };
}

interface Child {
  readonly region: string;
  readonly image: GlanceImage;
}

interface Target {
  readonly image: string;
  readonly build: string;
  /** What it is called from now on. */
  readonly dated: string;
}

/** Hidden and deactivated, first of all; then a look at what was made from it. */
async function withdraw(region: RegionPort, { image, build, dated }: Target): Promise<readonly Child[]> {
  const images = (await region.images(image)).filter((one) => one["image_factory_build"] === build);
  for (const one of images) {
    // What nobody may boot is said first: a name says nothing to who has the id.
    if (one.status === "active") await region.deactivate(one.id);
    const wanted: Attributes = { os_hidden: true, name: one.visibility === "private" ? (one.name ?? build) : dated };
    const changes = Object.entries(wanted).filter(([key, value]) => one[key] !== value);
    if (changes.length > 0) await region.change(one, Object.fromEntries(changes));
  }
  const children = await Promise.all(images.map(async (one) => region.builtOn(one)));
  return children.flat().map((child) => ({ region: region.name, image: child }));
}
