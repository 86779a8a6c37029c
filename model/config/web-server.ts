/** factory.yaml: webServer. */
import { z } from "zod";
import { host } from "./fields";

export const webServerSchema = z.strictObject({
  balancer: z
    .enum(["keepalived", "octavia"])
    .default("keepalived")
    .describe(
      "What leads to two web servers. keepalived: they share an address of their network. octavia: a load balancer of the cloud",
    ),
  names: z
    .array(host)
    .min(1)
    .optional()
    .describe("DNS names that visitors use; the factory's certificate is made out to them too"),
});
