/** image.yaml: tests. What an image must reach beyond what is asked of every one. */
import { z } from "zod";
import { date, oneLine } from "./fields";
import { SEVERITIES } from "./severity";

export const testsSchema = z.strictObject({
  bootSeconds: z
    .int()
    .min(1)
    .max(3600)
    .optional()
    .describe("Longest that it may take from the instance's start to cloud-init's end; default: not judged"),
  lynis: z
    .strictObject({ minimum: z.int().min(0).max(100).describe("Least hardening index") })
    .optional()
    .describe("Audit by lynis; default: its index is reported and not judged"),
  iperf3: z
    .strictObject({ minimumMbit: z.number().positive().max(1e6).describe("Least Mbit/s from and to the instance") })
    .optional()
    .describe("Throughput of the network; default: measured and not judged"),
  vulnerabilities: z
    .strictObject({
      failOn: z
        .enum(SEVERITIES)
        .default("none")
        .describe("A known vulnerability this bad, or worse, fails the build; none: all are reported"),
      ignore: z
        .array(
          z.strictObject({
            id: z
              .string()
              .regex(
                /^(CVE-\d{4}-\d{4,}|D[SL]A-\d+(-\d+)?|TEMP-\d+-[0-9A-F]+)$/,
                "is no vulnerability's id; write it as CVE-2026-1234",
              )
              .describe("Its id, as CVE-2026-1234"),
            reason: oneLine.describe("Why it does not matter for this image; stands in the report"),
            until: date.optional().describe("The last day of this exception; default: no end"),
          }),
        )
        .default([])
        .describe("Known vulnerabilities that do not count"),
    })
    .prefault({})
    .describe("Known vulnerabilities of its packages"),
  skip: z
    .array(
      z.strictObject({
        check: z
          .string()
          .regex(/^[a-z0-9][a-z0-9-]*$/, "is no check's name; write it as the report does")
          .describe("Name of the check"),
        reason: oneLine.describe("Why this image can't be asked for it; stands in the report"),
      }),
    )
    .default([])
    .describe("Checks that do not fit this image"),
});

export type ImageTests = z.output<typeof testsSchema>;
