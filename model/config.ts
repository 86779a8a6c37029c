/** factory.yaml: the one file that says what a factory is made of. Its schema is also the editors' and the docs'. */
import { z } from "zod";
import { formatCidr, parseCidr } from "./cidr";
import { crossChecks, regionNamesIn } from "./config-checks";
import { inOrder, type Problem } from "./problem";
import { readYaml, schemaProblems } from "./yaml-file";

const text = z.string().min(1);
const cloud = text.describe("Entry of clouds.yaml");
const flavor = text.describe("Name of the flavor");
const nodeImage = text.describe("Name of the image that it boots from");
const zone = text.describe("Availability zone");
const user = text.default("debian").describe("The image's login user");
const host = z
  .string()
  .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, "is no host name or address; write it as ntp.example.org");
const address = z.ipv4({ error: "is no IPv4 address; write it as 10.60.0.1" });
const network = z
  .string()
  .refine((value) => parseCidr(value) !== undefined, {
    error: "is no IPv4 network; write it as 10.60.0.0/24",
    abort: true,
  })
  .refine((value) => formatted(value) === value, {
    error: ({ input }) => `has host bits set; write it as ${formatted(String(input))}`,
  })
  .meta({ format: "ipv4-network" });

function formatted(value: string): string {
  const cidr = parseCidr(value);
  return cidr ? formatCidr(cidr) : value;
}

const ownNetwork = network.refine((value) => (parseCidr(value)?.prefix ?? 0) <= 28, {
  error: "is too small for a factory; use a /28 or larger, best a /24",
});
const reachableFrom = network.refine((value) => (parseCidr(value)?.prefix ?? 0) >= 8, {
  error: "lets nearly everybody in; name the networks that your people come from",
});

const bucketName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    "is no name for a bucket; use 3 to 63 of a-z 0-9 . - and begin and end with a letter or digit",
  );

const project = z.strictObject({ cloud });
const mirror = (example: string): z.ZodDefault<z.ZodString> =>
  z
    .string()
    .regex(/^(auto|https?:\/\/[^\s/]+(\/\S*)?)$/, `is neither auto nor a web address; write auto or ${example}`)
    .default("auto");

const nodes = z.strictObject({
  jumpHost: z
    .strictObject({ flavor, image: nodeImage, zone, user })
    .describe("The only node with a public address; all SSH goes through it"),
  nfsServer: z
    .strictObject({
      flavor,
      image: nodeImage,
      zone,
      user,
      volumeGiB: z.int().min(1).max(16384).describe("Size of the data volume: leases, cache, builds"),
    })
    .describe("Serves the share that builds write to"),
  buildHost: z
    .strictObject({
      flavor,
      image: nodeImage,
      zone,
      user,
      scratchGiB: z.int().min(5).max(16384).describe("Size of the scratch volume that an image is built on"),
    })
    .describe("Lives as long as one build"),
  testInstance: z
    .strictObject({ flavor, zone })
    .describe("Boots what was built; its image is the built one, its login user the image's"),
});

const infrastructure = z.strictObject({
  mirrors: z
    .strictObject({
      debian: mirror("http://mirror.example.org/debian").describe(
        "Debian repository; auto: the one that this machine's own apt uses",
      ),
      debianSecurity: mirror("http://mirror.example.org/debian-security").describe(
        "Debian's security repository; auto: as above",
      ),
    })
    .prefault({})
    .describe("Package repositories of nodes and images"),
  git: z
    .strictObject({
      url: z
        .string()
        .regex(
          /^(https:\/\/|ssh:\/\/)[^\s/]+\/\S+$/,
          "is no address of a repository; write it as https://git.example.org/images.git",
        )
        .describe("The repository that build hosts clone recipes from"),
      ref: text.default("main").describe("Branch or tag"),
    })
    .optional()
    .describe("Where recipes come from; without it the working tree's commit is sent along"),
  ldap: z
    .strictObject({
      url: z
        .string()
        .regex(/^ldaps?:\/\/[^\s/]+$/, "is no LDAP server; write it as ldaps://ldap.example.org")
        .describe("The directory's provider"),
      baseDn: z
        .string()
        .regex(/^\w+=[^,]+(,\s*\w+=[^,]+)*$/, "is no distinguished name; write it as dc=example,dc=org")
        .describe("Where entries are searched below"),
    })
    .optional()
    .describe("Directory of the people who may log in"),
  kms: host.optional().describe("Key management server that Windows activates against"),
  ntp: z.array(host).min(1).optional().describe("Time servers; default: the images' own"),
});

export const configSchema = z.strictObject({
  factory: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,14}$/, "is no name for a factory; use 1 to 15 of a-z 0-9 - and begin with a letter")
    .describe("Name of this factory: prefix and tag of everything that it makes"),
  projects: z
    .strictObject({
      build: project.describe("Jump host, NFS server, build hosts, test instances"),
      services: project.describe("Web servers, directory replicas"),
      production: project.describe("Buckets, published images"),
    })
    .describe("OpenStack projects; they may all be the same one"),
  regions: z
    .array(
      z.strictObject({
        name: text.describe("How images and messages call it"),
        cloud,
        region: text.describe("The region's name in that cloud"),
      }),
    )
    .min(1)
    .describe("Where images go. They are built and tested in the first, which belongs to project build"),
  network: z
    .strictObject({
      cidr: ownNetwork.describe("The factory's own IPv4 network"),
      external: text.describe("The external network of its router and of the jump host's floating IP"),
      dns: z.array(address).min(1).optional().describe("Name servers of the nodes; default: the cloud's own"),
      sshFrom: z.array(reachableFrom).min(1).describe("IPv4 networks that may reach the jump host's SSH"),
    })
    .describe("The network that nodes live in"),
  nodes: nodes.describe("Per kind of node: flavor, image, availability zone"),
  buckets: z
    .strictObject({
      kind: z.enum(["swift"]).default("swift").describe("The kind of object storage"),
      requests: bucketName.describe("Publish requests; written by build hosts"),
      staging: bucketName.describe("Artefacts that wait for publication; written by build hosts"),
      release: bucketName.describe("Published artefacts; written by the publisher only"),
    })
    .describe("Buckets, in project production"),
  infrastructure: infrastructure.prefault({}).describe("What is there already and only used"),
  notify: z
    .strictObject({
      team: z
        .email({ error: "is no mail address; write it as images@example.org" })
        .describe("Gets the mails about the factory and its builds"),
      from: z.email({ error: "is no mail address; write it as factory@example.org" }).describe("Sender of those mails"),
    })
    .describe("Mail"),
  signing: z
    .strictObject({
      key: z
        .string()
        .regex(/^(generate|[0-9A-Fa-f]{40})$/, "is no OpenPGP fingerprint; write its 40 hex digits, or generate")
        .describe("Fingerprint of the OpenPGP key that signs images; generate: make one without a passphrase"),
      home: text.optional().describe("GnuPG's home directory of that key; default: gnupg/ below FACTORY_HOME"),
    })
    .describe("The signing key, on the deploying side only"),
  build: z
    .strictObject({
      timeoutMinutes: z.int().min(10).max(1440).default(120).describe("A build that takes longer has failed"),
      expireHours: z.int().min(1).max(720).default(24).describe("What a build left behind may be removed after this"),
    })
    .prefault({})
    .describe("Bounds of a build"),
});

export type FactoryConfig = z.output<typeof configSchema>;

export type ParsedConfig =
  | { readonly config: FactoryConfig }
  | {
      readonly problems: readonly Problem[];
      /** As far as they can be read: for checking the images' references all the same. */
      readonly regionNames: readonly string[] | undefined;
    };

/** The configuration in a file's text, or everything that is wrong with it. */
export function parseConfig(source: string, file: string): ParsedConfig {
  const yaml = readYaml(source, file);
  const parsed = configSchema.safeParse(yaml.value);
  const readable = yaml.value !== undefined;
  const problems = [
    ...yaml.problems,
    ...(readable ? [...schemaProblems(yaml, configSchema), ...crossChecks(yaml)] : []),
  ];
  if (problems.length === 0 && parsed.success) return { config: parsed.data };
  return { problems: inOrder(problems), regionNames: regionNamesIn(yaml.value) };
}
