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
  )
  .refine(inRange, {
    error: "is out of cron's range; minutes are 0-59, hours 0-23, days 1-31, months 1-12, days of the week 0-7",
  });

/** First and last number of each of cron's fields. */
const RANGES: readonly (readonly [number, number])[] = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
];

/** Whether all numbers of five fields are ones that can be; of anything else nothing is said. */
function inRange(text: string): boolean {
  const fields = text.split(" ");
  if (fields.length !== RANGES.length) return true;
  return fields.every((field, index) => {
    const [least, most] = RANGES[index] ?? [0, 0];
    return field.split(",").every((part) => {
      const [base = "", step = "1"] = part.split("/");
      const [first = least, last = first] = (base.match(/\d+/g) ?? []).map(Number);
      return Number(step) > 0 && least <= first && first <= last && last <= most;
    });
  });
}

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
