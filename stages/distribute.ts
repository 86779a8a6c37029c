/** Stage 12: the image in every other region at once, each verified by itself. */
import { isStored, storeImage } from "./lib/glance-store";
import { newImage } from "./lib/new-image";
import { imageAddress } from "./lib/staging-bucket";
import { oneLine, StageError } from "./lib/errors";
import type { DistributeData, StoredImage } from "./lib/results";
import type { HostStage, StageContext } from "./lib/stage";
import { tellSignature } from "./lib/tell-signature";
import type { RegionTarget } from "../model/region";

const ACTIVE_WITHIN = 15 * 60_000;

export const stage: HostStage = {
  name: "distribute",
  async upToDate(context) {
    const done = context.data("distribute");
    if (done.sha256 !== context.data("build-image").sha256) return false;
    const still = await Promise.all(
      context.plan.regions.map(async (region) => {
        const image = done.regions.find((each) => each.region === region.name);
        return image !== undefined && isStored(await context.session(region), image);
      }),
    );
    return still.every(Boolean);
  },
  async run(context) {
    const { plan } = context;
    if (plan.regions.length === 0) return { message: "there is no other region", data: result(context, []) };
    const outcomes = await Promise.allSettled(plan.regions.map(async (region) => one(context, region)));
    const stored = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    const failed = plan.regions
      .filter((_, index) => outcomes[index]?.status === "rejected")
      .map((region) => region.name);
    if (failed.length > 0) {
      const good = stored.map((image) => image.region).join(", ") || "none";
      throw new StageError(`failed in ${failed.join(", ")}, there in ${good}; a resume takes up only what failed`, {
        failed,
        regions: stored,
      });
    }
    return {
      message: stored.map((image) => `${image.region}: ${image.imageId}`).join(", "),
      data: result(context, stored),
    };
  },
};

function result(context: StageContext, regions: readonly StoredImage[]): DistributeData {
  return { sha256: context.data("build-image").sha256, regions };
}

/** One region; what goes wrong is told at once, while the others go on. */
async function one(context: StageContext, region: RegionTarget): Promise<StoredImage> {
  try {
    const stored = await storeImage({
      region: region.name,
      session: await context.session(region),
      image: newImage(context, region),
      method: region.import,
      address: () => imageAddress(context, region),
      file: context.data("build-image").file,
      activeWithin: ACTIVE_WITHIN,
      signal: context.signal,
      log: (line) => context.log.line(line),
    });
    await tellSignature(context, region, stored.imageId);
    context.progress(`${region.name}: image ${stored.imageId} is active, ${stored.hashAlgo} as computed here`);
    return stored;
  } catch (error) {
    context.progress(`${region.name}: ${oneLine(error)}`);
    throw error;
  }
}
