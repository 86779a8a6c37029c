/** image.yaml: how long, how often and by whom: schedule, retention, support, status. */
import { z } from "zod";
import { date, oneLine } from "./fields";

/** A field of cron: numbers, ranges, steps, lists, `H` (Jenkins' own spread). */
const CRON_FIELD = String.raw`(?:\*|H|H\(\d+-\d+\)|\d+(?:-\d+)?)(?:\/\d+)?`;
const CRON = `${CRON_FIELD}(?:,${CRON_FIELD})*(?: ${CRON_FIELD}(?:,${CRON_FIELD})*){4}`;

export const schedule = z
  .string()
  .regex(
    new RegExp(`^(?:manual|nightly|weekly|monthly|${CRON})$`),
    "is no schedule; write manual, nightly, weekly, monthly or five fields of cron",
  );

export const imageRetentionSchema = z.strictObject({
  builds: z.int().min(1).max(1000).optional().describe("How many of its newest builds the share keeps whole"),
  buildDays: z.int().min(1).max(3650).optional().describe("Days after which its other builds go"),
});

export const supportSchema = z.strictObject({
  from: date.optional().describe("When the operating system was released"),
  until: date.optional().describe("Until when its distributor closes holes in it"),
  longTermUntil: date.optional().describe("Until when somebody does after that (Debian's LTS, say)"),
  contact: z
    .string()
    .regex(/^(https?:\/\/|mailto:|tel:)\S+$/, "is no address; write https://…, mailto:… or tel:…")
    .max(255)
    .optional()
    .describe("Where users of the image get help; SCS-0102 l1_support_contact"),
});

export const statusSchema = z.strictObject({
  tested: z.boolean().default(true).describe("false: no build of this very recipe has passed its tests yet"),
  reason: oneLine.optional().describe("Required when it is not tested: why not"),
});
