/** image.yaml: publish. What customers see of the image, and what it must have before they do. */
import { z } from "zod";
import { VISIBILITIES } from "../rotation";
import { date, oneLine } from "./fields";

export const certificationSchema = z.strictObject({
  required: z.boolean().default(false).describe("Whether it is published only with a record that is valid that day"),
  records: z
    .array(
      z.strictObject({
        vendor: oneLine.describe("Who certifies"),
        id: oneLine.describe("The vendor's own name of the record"),
        validUntil: date.describe("The last day that it holds"),
        evidence: z
          .string()
          .regex(/^https?:\/\/\S+$/, "is no address; write https://…")
          .describe("Where everybody can read it"),
      }),
    )
    .default([])
    .describe("What vendors have certified; the catalogue shows it"),
});

export const imagePublicationSchema = z.strictObject({
  name: oneLine.max(200).optional().describe('What customers call it in Glance ("Debian 12"); default: its name'),
  visibility: z
    .enum(VISIBILITIES)
    .optional()
    .describe("Who sees it; default, and the most that is possible: factory.yaml's publish.visibility"),
  certification: certificationSchema.optional().describe("Records of vendors"),
});
