/** Bounds of builds. */
import { z } from "zod";
import { DEFAULT_STAGE_MINUTES, type HostStageName } from "../stage-timeouts";

const DAY = 24 * 60;

const stageMinutes = Object.fromEntries(
  Object.entries(DEFAULT_STAGE_MINUTES).map(([stage, minutes]) => [
    stage,
    z.int().min(1).max(DAY).default(minutes).describe(`Minutes that stage ${stage} may take`),
  ]),
) as Record<HostStageName, z.ZodDefault<z.ZodInt>>;

export const buildSchema = z.strictObject({
  timeoutMinutes: z
    .int()
    .min(10)
    .max(DAY)
    .default(120)
    .describe("A build whose stages on its host take longer in one go is stopped; deploying again resumes it"),
  stageMinutes: z
    .strictObject(stageMinutes)
    .prefault({})
    .describe("A stage that takes longer has failed; waiting for a signer is in it"),
  expireHours: z
    .int()
    .min(1)
    .max(720)
    .default(24)
    .describe("What a build left behind, a kept host too, may be removed after this: factory reap"),
});
