/** A deploying side of its own: asks for a generated password and the CA, and prints their hashes. */
import { createHash } from "node:crypto";
import { Deployment } from "../../../deployer/deployment";
import { openSecrets } from "../../../deployer/secrets";
import { ROOT } from "../../support/paths";

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");

async function main(): Promise<void> {
  const secrets = openSecrets(Deployment.load(ROOT));
  const [password, { certificate }] = await Promise.all([secrets.get("directoryReader"), secrets.authority()]);
  console.log(JSON.stringify({ password: hash(password), authority: hash(certificate) }));
}

void main();
