/** The publisher's settings and its ways to clouds and keys, as this shell has them. */
import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import path from "node:path";
import { configPath, recipesRoot, userPath } from "../config/paths";
import { publicationSettings, type PublicationSettings, type TrustedKeys } from "../model/publication-settings";
import { readCloudsFile } from "../openstack/clouds-file";
import { regionSessions, type Access } from "../publisher/open";
import type { Deployment } from "./deployment";
import { GnupgHome } from "./gnupg";
import { SIGNING_KEY } from "./gnupg-keys";
import { openImageKey } from "./image-key";
import { openSecrets } from "./secrets";
import { messageOf, UserError } from "./user-error";

/** Throws a UserError for keys that are not there. */
export async function settingsOf(deployment: Deployment): Promise<PublicationSettings> {
  const { approvers } = deployment.config.publish;
  return publicationSettings(deployment.config, {
    trusted: await trustedKeys(deployment),
    approvers: approvers.map((file) => textOf(deployment, "publish.approvers", file)),
    checkout: recipesRoot(deployment.root),
  });
}

export async function accessOf(deployment: Deployment, settings: PublicationSettings): Promise<Access> {
  return {
    user: userInfo().username,
    buckets: deployment.project("production"),
    regions: regionSessions(settings, readCloudsFile()),
    keys: await openSecrets(deployment).all("publisher"),
  };
}

/** Those that are named, or the factory's own. */
async function trustedKeys(deployment: Deployment): Promise<TrustedKeys> {
  const { publish, signing } = deployment.config;
  const read = (key: string, files: readonly string[]): string[] =>
    files.map((file) => textOf(deployment, `publish.${key}`, file));
  const image = read("trustedCertificates", publish.trustedCertificates);
  const openPgp = read("trustedKeys", publish.trustedKeys);
  if (openPgp.length > 0) return { openPgp, image };
  const gnupg = new GnupgHome(deployment.home.gnupg);
  const own = await gnupg.publicKey(gnupg.fingerprint(SIGNING_KEY, signing.key));
  if (image.length > 0) return { openPgp: [own], image };
  const key = await openImageKey(deployment);
  return {
    openPgp: [own],
    image: key ? [key.publicKey.export({ type: "spki", format: "pem" }).toString()] : [],
  };
}

function textOf({ root }: Deployment, key: string, file: string): string {
  const where = userPath(path.dirname(configPath(root)), file);
  try {
    return readFileSync(where, "utf8");
  } catch (error) {
    throw new UserError(`factory.yaml: ${key}: ${where} can not be read: ${messageOf(error)}`, { cause: error });
  }
}
