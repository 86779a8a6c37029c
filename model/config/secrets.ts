/** factory.yaml: secrets. Where each comes from. */
import { z } from "zod";

/** `generate`, or a source: `file:PATH`, `env:NAME`, `barbican:NAME-OR-ID`, `command:COMMAND LINE`. */
const source = z
  .string()
  .regex(
    /^(generate|file:\S.*|env:[A-Za-z_][A-Za-z0-9_]*|barbican:\S+|command:\S.*)$/,
    "is no source of a secret; write generate, file:PATH, env:NAME, barbican:NAME or command:COMMAND",
  );
const generated = source.default("generate");

export const secretsSchema = z.strictObject({
  ca: generated.describe("PEM of the CA that certifies the nodes: its certificate and its private key"),
  directoryReader: generated.describe("Password of the account that joined nodes read the directory with"),
  directoryReplicator: generated.describe("Password of the account that replicas copy the provider with"),
  jenkinsAdmin: generated.describe("Password of the controller's break-glass administrator"),
  jenkinsMetrics: generated.describe("Key that a monitoring reads Jenkins' metrics with"),
  backup: generated.describe("Passphrase that backups are encrypted with"),
  publisher: generated.describe(
    "Armoured OpenPGP secret key of the publisher, without a passphrase: signs records, catalogue and indexes",
  ),
  webCertificate: source
    .optional()
    .describe(
      "PEM of the web site's certificate, those above it, and its private key; default: one of the factory's own CA",
    ),
  smtp: source.optional().describe("Password of the mail account that Jenkins sends by"),
});

export type SecretName = keyof z.output<typeof secretsSchema>;
