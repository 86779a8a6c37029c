/** factory.yaml: nodes. */
import { z } from "zod";
import { text } from "./fields";

const flavor = text.describe("Name of the flavor");
const image = text.describe("Name of the image that it boots from");
const zone = text.describe("Availability zone");
const user = text.default("debian").describe("The image's login user");
const node = { flavor, image, zone, user };
const gib = z.int().min(1).max(16384);
const count = (most: number, normally: number, what: string): z.ZodDefault<z.ZodInt> =>
  z.int().min(1).max(most).default(normally).describe(what);

export const nodesSchema = z.strictObject({
  jumpHost: z
    .strictObject({ ...node, count: count(5, 1, "How many") })
    .describe("The way in: all SSH goes through it; it has a public address"),
  nfsServer: z
    .strictObject({ ...node, volumeGiB: gib.describe("Size of the data volume: leases, cache, builds") })
    .describe("Serves the share that builds write to"),
  controller: z
    .strictObject({ ...node, volumeGiB: gib.describe("Size of the data volume: Jenkins' home") })
    .optional()
    .describe("Jenkins, and the agent `deployer`; without it builds start from a shell"),
  directoryReplica: z
    .strictObject({
      ...node,
      count: count(5, 2, "How many"),
      volumeGiB: gib.default(1).describe("Size of each one's data volume: the directory"),
    })
    .optional()
    .describe("LDAP servers in project services; without them nodes know local users only"),
  webServer: z
    .strictObject({ ...node, count: count(2, 2, "One, or two behind one address") })
    .optional()
    .describe("Shows the catalogue and released artefacts, in project services, at a public address"),
  publisher: z
    .strictObject(node)
    .optional()
    .describe("Where publish requests are worked off, in project production's name: the only writer of bucket release"),
  buildHost: z
    .strictObject({
      ...node,
      architecture: z.enum(["x86_64", "aarch64"]).default("x86_64").describe("Of the flavor; images are built for it"),
      scratchGiB: z.int().min(5).max(16384).describe("Size of the scratch volume that an image is built on"),
    })
    .describe("Lives as long as one build"),
  testInstance: z
    .strictObject({ flavor, zone })
    .describe("Boots what was built; its image is the built one, its login user the image's"),
});
