/** Commands about secrets and certificates. */
import { Argument, InvalidArgumentError, type Command } from "commander";
import { RENEW_DAYS } from "../deployer/certificate-days";
import { listCertificates } from "../deployer/certificates";
import { Deployment } from "../deployer/deployment";
import { renewCertificates } from "../deployer/renew";
import { handOverSecret } from "../deployer/secrets/hand-over";
import { secretStatuses } from "../deployer/secrets/kept";
import { openSecrets } from "../deployer/secrets";
import { rotate } from "../deployer/secrets/rotate";
import { SECRET_NAMES } from "../deployer/secrets/uses";
import type { SecretName } from "../model/config/secrets";
import { certificateLines, secretLines } from "./secret-text";
import { ExitStatus, say, sayAll, sayJson } from "./support";

export function addSecretCommands(program: Command, root: string): void {
  addSecrets(program.command("secrets").description("the factory's secrets; never shows their values"), root);
  addCertificates(program.command("certificates").description("the certificates of the factory's nodes"), root);
}

function addSecrets(secrets: Command, root: string): void {
  const secretName = (): Argument => new Argument("<name>", "as in factory.yaml: secrets").choices(SECRET_NAMES);

  secrets
    .command("list")
    .description("name, source, when it was made, which nodes use it")
    .option("--json", "for programs")
    .action(async ({ json = false }: { json?: boolean }) => {
      const found = await secretStatuses(Deployment.load(root));
      if (json) sayJson(found);
      else sayAll(secretLines(found));
    });

  secrets
    .command("rotate")
    .description("make a new value of a generated secret and give it to all nodes that use it; safe to repeat")
    .addArgument(secretName())
    .action(async (name: SecretName) => {
      const deployment = Deployment.load(root);
      await rotate(deployment, name, (one, roles) => handOverSecret(deployment, one, say, roles), say);
    });

  secrets
    .command("hand-over")
    .description("give all nodes that use a secret what its source holds now")
    .addArgument(secretName())
    .action(async (name: SecretName) => handOverSecret(Deployment.load(root), name, say));
}

function addCertificates(certificates: Command, root: string): void {
  certificates
    .command("list")
    .description("every node's certificates: subject, names, days left")
    .option("--json", "for programs")
    .action(async ({ json = false }: { json?: boolean }) => {
      const found = await listCertificates(Deployment.load(root));
      if (json) sayJson(found);
      else sayAll(certificateLines(found));
      for (const problem of found.problems) process.stderr.write(`factory: ${problem}\n`);
      if (found.problems.length > 0) throw new ExitStatus(1);
    });

  certificates
    .command("ca")
    .description("the certificate of the factory's CA as PEM, for those who are to trust it")
    .action(async () => say((await openSecrets(Deployment.load(root)).authority()).certificate.trim()));

  certificates
    .command("renew")
    .description(
      `give nodes new certificates, without a rebuild; by default where fewer than ${RENEW_DAYS} days are left`,
    )
    .argument("[node...]", "only these, however many days are left")
    .option("--days <number>", "where fewer days than this are left", wholeNumber)
    .option("--all", "however many days are left")
    .action(async (nodes: string[], { days, all = false }: { days?: number; all?: boolean }) => {
      const whatever = all || (nodes.length > 0 && days === undefined);
      await renewCertificates(Deployment.load(root), { nodes, days: whatever ? Infinity : (days ?? RENEW_DAYS) }, say);
    });
}

function wholeNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError("it has to be a whole number of days");
  return Number(text);
}
