/** Stage 8: a private image in Glance, with all its properties from its creation on, whose stored hash is compared. */
import { storeImage, isStored } from "./lib/glance-store";
import { newImage } from "./lib/new-image";
import { imageAddress } from "./lib/staging-bucket";
import type { RegisterData } from "./lib/results";
import { tellSignature } from "./lib/tell-signature";
import type { HostStage } from "./lib/stage";

/** How long Glance may take from the end of the upload to "active", milliseconds. */
const ACTIVE_WITHIN = 15 * 60_000;

export const stage: HostStage = {
  name: "register",
  async upToDate(context) {
    const done = context.data("register");
    if (done.sha256 !== context.data("build-image").sha256) return false;
    return isStored(await context.session(context.plan.home), done);
  },
  async run(context) {
    const { plan, log, signal } = context;
    const built = context.data("build-image");
    const stored = await log.step("image", async () =>
      storeImage({
        region: plan.home.name,
        session: await context.session(plan.home),
        image: newImage(context, plan.home),
        method: plan.home.import,
        address: () => imageAddress(context, plan.home),
        file: built.file,
        activeWithin: ACTIVE_WITHIN,
        signal,
        log: (line) => log.line(line),
      }),
    );
    await log.step("signature", async () => tellSignature(context, plan.home, stored.imageId));
    const data: RegisterData = { ...stored, sha256: built.sha256 };
    return { message: `${plan.home.name}: image ${stored.imageId}, ${stored.hashAlgo} as computed here`, data };
  },
};
