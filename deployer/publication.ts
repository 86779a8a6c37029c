/** The publisher's settings and its ways to clouds and keys, as this shell has them. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { configPath, recipesRoot, userPath } from "../config/paths";
import { publicationSettings, type PublicationSettings, type TrustedKeys } from "../model/publication-settings";
import { readCloudsFile, sessionOptions } from "../openstack/clouds-file";
import { Session } from "../openstack/session";
import type { Access } from "../publisher/open";
import type { Deployment } from "./deployment";
import { GnupgHome } from "./gnupg";
import { SIGNING_KEY } from "./gnupg-keys";
import { imageCertificate } from "./image-certificate";
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

/** Regions answer soon or not at all: what is to be told of the others must not wait for one that is down. */
const PATIENCE = { retry: { attempts: 3, base: 300, cap: 2000 }, idleTimeout: 30_000 } as const;

export async function accessOf(deployment: Deployment, settings: PublicationSettings): Promise<Access> {
  const clouds = readCloudsFile();
  const regions = settings.regions.map(({ name, region, cloud }) => {
    const options = sessionOptions(clouds, cloud, region);
    return [name, new Session({ ...options, ...PATIENCE })] as const;
  });
  return {
    buckets: deployment.project("production"),
    regions: new Map(regions),
    keys: await openSecrets(deployment).all("publisher"),
  };
}

/** Those that are named, or the factory's own. */
async function trustedKeys(deployment: Deployment): Promise<TrustedKeys> {
  const { publish, signing, regions } = deployment.config;
  const read = (key: string, files: readonly string[]): string[] =>
    files.map((file) => textOf(deployment, `publish.${key}`, file));
  const openPgp = read("trustedKeys", publish.trustedKeys);
  const image = read("trustedCertificates", publish.trustedCertificates);
  if (openPgp.length > 0) return { openPgp, image };
  const gnupg = new GnupgHome(deployment.home.gnupg);
  const own = await gnupg.publicKey(gnupg.fingerprint(SIGNING_KEY, signing.key));
  if (image.length > 0) return { openPgp: [own], image };
  const key = await openImageKey(deployment);
  if (!key) return { openPgp: [own], image: [] };
  const { certificate } = await imageCertificate(deployment, key, regions);
  return { openPgp: [own], image: [certificate] };
}

function textOf({ root }: Deployment, key: string, file: string): string {
  const where = userPath(path.dirname(configPath(root)), file);
  try {
    return readFileSync(where, "utf8");
  } catch (error) {
    throw new UserError(`factory.yaml: ${key}: ${where} can not be read: ${messageOf(error)}`, { cause: error });
  }
}
