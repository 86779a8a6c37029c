/** factory.yaml: the one file that says what a factory is made of. Its schema is also the editors' and the docs'. */
import { z } from "zod";
import { cloud, host, text, webAddress } from "./config/fields";
import { buildSchema } from "./config/build";
import { bucketsSchema } from "./config/buckets";
import { directorySchema } from "./config/directory";
import { jenkinsSchema } from "./config/jenkins";
import { networkSchema } from "./config/network";
import { nodesSchema } from "./config/nodes";
import { publishSchema } from "./config/publish";
import { regionsSchema } from "./config/regions";
import { retentionSchema } from "./config/retention";
import { secretsSchema } from "./config/secrets";
import { signingSchema } from "./config/signing";
import { stateSchema } from "./config/state";
import { webServerSchema } from "./config/web-server";
import { architectureIn, crossChecks, regionNamesIn } from "./config/checks";
import { inOrder, type Problem } from "./problem";
import { readYaml, schemaProblems } from "./yaml-file";

const project = z.strictObject({ cloud });
const mirror = (example: string): z.ZodDefault<z.ZodString> =>
  z
    .string()
    .regex(/^(auto|https?:\/\/[^\s/]+(\/\S*)?)$/, `is neither auto nor a web address; write auto or ${example}`)
    .default("auto");

/** Repositories of which nothing here has the keys: they come from the mirror too, so it has to be the one that is meant. */
const trustedMirror = (example: string) =>
  z
    .string()
    .regex(
      /^https:\/\/[^\s/]+(\/\S*)?$/,
      `is no address with https, which its keys are read by; write it as ${example}`,
    )
    .optional();

const infrastructure = z.strictObject({
  mirrors: z
    .strictObject({
      debian: mirror("http://mirror.example.org/debian").describe(
        "Debian repository; auto: the one that this machine's own apt uses",
      ),
      debianSecurity: mirror("http://mirror.example.org/debian-security").describe(
        "Debian's security repository; auto: as above",
      ),
      ubuntu: webAddress.optional().describe("Ubuntu's repository; images of Ubuntu can't be built without it"),
      rocky: trustedMirror("https://mirror.example.org/rocky").describe(
        "Where Rocky Linux has its directories 9 and the like; its images can't be built without it",
      ),
      opensuse: trustedMirror("https://mirror.example.org/opensuse").describe(
        "Where openSUSE has its directories distribution and update; its images can't be built without it",
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
      ref: z
        .string()
        .regex(/^[^\s-]\S*$/, "is no branch or tag; write it as main")
        .default("main")
        .describe("Branch or tag"),
    })
    .optional()
    .describe("Where recipes come from; without it the working tree's commit is sent along"),
  securityTracker: z
    .string()
    .regex(/^(https?:\/\/|\/)[^\s]+$/, "is no place for data; write a web address or an absolute path on build hosts")
    .default("https://security-tracker.debian.org/tracker/data/json")
    .describe(
      "Data of Debian's security tracker, which images' packages are compared with: web address, or file of build hosts",
    ),
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
  regions: regionsSchema,
  network: networkSchema.describe("The networks that nodes live in"),
  nodes: nodesSchema.describe("Per kind of node: flavor, image, availability zone"),
  buckets: bucketsSchema.describe("Buckets, in project production"),
  state: stateSchema.describe("Where Terraform's states are kept"),
  directory: directorySchema.prefault({}).describe("The directory of the people who may log in"),
  jenkins: jenkinsSchema.prefault({}).describe("What the controller runs"),
  webServer: webServerSchema.prefault({}).describe("The web site"),
  secrets: secretsSchema.prefault({}).describe("Where each secret comes from; none of them is ever in this file"),
  retention: retentionSchema.prefault({}).describe("What is kept, and for how long"),
  infrastructure: infrastructure.prefault({}).describe("What is there already and only used"),
  notify: z
    .strictObject({
      team: z
        .email({ error: "is no mail address; write it as images@example.org" })
        .describe("Gets the mails about the factory and its builds"),
      from: z.email({ error: "is no mail address; write it as factory@example.org" }).describe("Sender of those mails"),
      smtp: z
        .strictObject({
          host: host.describe("Its name"),
          port: z.int().min(1).max(65535).default(587).describe("Its port"),
          startTls: z.boolean().default(true).describe("Whether the connection is encrypted"),
          user: text.optional().describe("The account that it wants; its password is secrets.smtp"),
        })
        .optional()
        .describe("The server that Jenkins sends mails by; without it: none are sent"),
    })
    .describe("Mail"),
  signing: signingSchema.describe("The keys that sign, on the deploying side only"),
  publish: publishSchema.prefault({}).describe("How images become public"),
  build: buildSchema.prefault({}).describe("Bounds of a build"),
});

export type FactoryConfig = z.output<typeof configSchema>;

export type ParsedConfig =
  | { readonly config: FactoryConfig }
  | {
      readonly problems: readonly Problem[];
      /** As far as they can be read: for checking the images' references all the same. */
      readonly regionNames: readonly string[] | undefined;
      readonly architecture: string | undefined;
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
  return {
    problems: inOrder(problems),
    regionNames: regionNamesIn(yaml.value),
    architecture: architectureIn(yaml.value),
  };
}
