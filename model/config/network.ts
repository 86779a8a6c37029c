/** factory.yaml: network. */
import { z } from "zod";
import { address, network, ownNetwork, reachableFrom, text } from "./fields";

export const networkSchema = z.strictObject({
  cidr: ownNetwork.describe("The factory's own IPv4 network, in project build"),
  existing: text
    .optional()
    .describe(
      "Name of a network of project build, with a way out, to use instead of making one; network.cidr is then its subnet's. Services in another project then share it",
    ),
  external: text.describe("The external network of its router and of public addresses"),
  dns: z.array(address).min(1).optional().describe("Name servers of the nodes; default: the cloud's own"),
  sshFrom: z.array(reachableFrom).min(1).describe("IPv4 networks that may reach the jump hosts' SSH"),
  webFrom: z.array(network).min(1).optional().describe("IPv4 networks that may reach the web servers; default: none"),
  dnsZone: z
    .string()
    .regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}\.?$/, "is no DNS zone; write it as images.example.org")
    .optional()
    .describe(
      "A zone of the cloud's DNS (Designate) in project build, which gets the names web, jump-host, controller and directory; default: none",
    ),
  services: z
    .strictObject({
      connection: z
        .enum(["routed", "shared"])
        .default("routed")
        .describe(
          "How the nodes of project services are joined to it. routed: they have a network of their own, which build's router leads to. shared: they live in build's network",
        ),
      cidr: ownNetwork.optional().describe("routed: the IPv4 network of project services"),
    })
    .prefault({})
    .describe("The network of web servers and directory replicas"),
});
