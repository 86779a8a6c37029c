/** factory.yaml: retention. */
import { z } from "zod";

export const retentionSchema = z.strictObject({
  builds: z
    .int()
    .min(1)
    .max(1000)
    .default(5)
    .describe("How many of the newest builds of each image the share keeps whole"),
  buildDays: z
    .int()
    .min(1)
    .max(3650)
    .default(30)
    .describe("Other builds lose their disk image, and go altogether after this many days; the last good one stays"),
  cacheGiB: z
    .int()
    .min(1)
    .max(1024)
    .default(20)
    .describe("The share's cache is pruned to this, oldest use first; what was not used for buildDays goes too"),
  freePercent: z.int().min(1).max(50).default(10).describe("Below this much free space a node is not healthy"),
  backups: z.int().min(1).max(1000).default(14).describe("Backups that are kept of each node's state"),
});
