/** The certificate of the image key, in the key manager of each region: whoever verifies an image reads it there. */
import { X509Certificate, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { configPath } from "../config/paths";
import {
  certificatePayload,
  createCertificate,
  deleteSecret,
  hasNoKeyManager,
  letRead,
  listSecrets,
  secretsNamed,
} from "../openstack/barbican";
import type { FactoryConfig } from "../model/config";
import { hasStatus } from "../openstack/errors";
import type { Session } from "../openstack/session";
import { DAY } from "./certificate-days";
import type { Deployment, Region } from "./deployment";
import { openSecrets } from "./secrets";
import { messageOf, UserError } from "./user-error";

/** Images are booted for years after they were signed. */
const CERTIFICATE_DAYS = 3650;
/** Days that a certificate must still be good for, or another one is made. */
const LASTS_AT_LEAST = 730;

export interface ImageCertificate {
  /** PEM. */
  readonly certificate: string;
  /** Name of a region → id there. */
  readonly ids: Readonly<Record<string, string>>;
  /** A line for each region whose images are not signed. */
  readonly without: readonly string[];
}

const nameFor = (factory: string, keygrip = ""): string =>
  `${factory}-image-signing-${keygrip.slice(0, 16).toLowerCase()}`;

/** Finds the certificate in each region, or puts it there. Throws a UserError for a brought one that does not fit. */
export async function imageCertificate(
  deployment: Deployment,
  key: { readonly keygrip: string; readonly publicKey: KeyObject },
  regions: readonly Region[],
): Promise<ImageCertificate> {
  const { factory, signing } = deployment.config;
  const name = nameFor(factory, key.keygrip);
  const looked = await Promise.all(
    regions.map(async (region) => {
      const session = deployment.region(region);
      return { region, session, ...(await keptIn(session, name)) };
    }),
  );
  const brought = signing.imageCertificate === undefined ? undefined : readBrought(deployment, key.publicKey);
  const known = looked.flatMap(({ kept = [] }) => kept).find(({ pem }) => isFor(pem, key.publicKey));
  const certificate = brought ?? known?.pem ?? (await issue(deployment, key.publicKey));
  const ids: Record<string, string> = {};
  const without: string[] = [];
  for (const { region, session, kept, reason } of looked) {
    if (kept === undefined) {
      without.push(`${region.name}: ${reason}; images carry no signature for Glance there`);
      continue;
    }
    const there = kept.find(({ pem }) => pem.trim() === certificate.trim());
    const id = there?.id ?? (await createCertificate(session, { name, pem: certificate }));
    // The build host's credential is of the same user, but without the role that reads secrets.
    const { user } = await session.token();
    await letRead(session, id, [...new Set([user.id, ...signing.certificateReaders])]);
    ids[region.name] = id;
  }
  return { certificate, ids, without };
}

export interface KeptCertificate {
  /** Name in the key manager. */
  readonly name: string;
  /** Name of the region. */
  readonly region: string;
  readonly id: string;
}

/** The certificates of all keys that this factory had, region by region; none where it may not use the key manager. */
export async function keptCertificates(deployment: Deployment): Promise<KeptCertificate[]> {
  const perRegion = await Promise.all(
    deployment.config.regions.map(async (region) =>
      certificatesIn(deployment, region).catch((error: unknown) => {
        // It could never put one there.
        if (hasStatus(error, 403)) return [];
        throw error;
      }),
    ),
  );
  return perRegion.flat();
}

/** Deletes all certificates of a factory in these regions; tells each. Images that refer to them verify no more. */
export async function purgeCertificates(deployment: Deployment): Promise<string[]> {
  const perRegion = await Promise.all(
    deployment.config.regions.map(async (region) => {
      const ours = await certificatesIn(deployment, region);
      for (const { id } of ours) await deleteSecret(deployment.region(region), id);
      return ours.map(({ name }) => `certificate ${name} in ${region.name}: deleted`);
    }),
  );
  return [...new Set(perRegion.flat())];
}

async function certificatesIn(deployment: Deployment, region: Region): Promise<KeptCertificate[]> {
  const prefix = nameFor(deployment.config.factory);
  const all = await listSecrets(deployment.region(region)).catch((error: unknown) => {
    if (hasNoKeyManager(error)) return [];
    throw error;
  });
  return all.filter(({ name }) => name.startsWith(prefix)).map(({ id, name }) => ({ name, region: region.name, id }));
}

interface Kept {
  readonly id: string;
  readonly pem: string;
}

/** What a region keeps under this name, the newest first; or why it can keep nothing. */
async function keptIn(session: Session, name: string): Promise<{ readonly kept?: readonly Kept[]; reason: string }> {
  try {
    const found = (await secretsNamed(session, name)).reverse();
    const read = await Promise.all(found.map(async ({ id }) => ({ id, pem: await certificatePayload(session, id) })));
    return { kept: read.flatMap(({ id, pem }) => (pem === undefined ? [] : [{ id, pem }])), reason: "" };
  } catch (error) {
    if (hasNoKeyManager(error)) return { reason: "has no key manager" };
    if (hasStatus(error, 403))
      return { reason: 'the account may not use the key manager (it needs the role "creator")' };
    throw error;
  }
}

async function issue(deployment: Deployment, publicKey: KeyObject): Promise<string> {
  const authority = await openSecrets(deployment).authority();
  const commonName = `Image signatures of factory ${deployment.config.factory}`;
  return authority.certify({ commonName, publicKey, days: CERTIFICATE_DAYS });
}

/** Whether a certificate is this key's and stays good for long enough. */
function isFor(pem: string, publicKey: KeyObject): boolean {
  try {
    const certificate = new X509Certificate(pem);
    return (
      certificate.publicKey.equals(publicKey) && Date.parse(certificate.validTo) > Date.now() + LASTS_AT_LEAST * DAY
    );
  } catch {
    return false;
  }
}

/** What the certificate is called beside keys that are handed over. */
export const GIVEN_CERTIFICATE = "image-certificate.pem";

/** Path of the one that the user brings. */
export function broughtCertificate(root: string, { imageCertificate = "" }: FactoryConfig["signing"]): string {
  return path.resolve(path.dirname(configPath(root)), imageCertificate);
}

function readBrought(deployment: Deployment, publicKey: KeyObject): string {
  const { config, home, root } = deployment;
  const file = home.keysAreGiven ? path.join(home.gnupg, GIVEN_CERTIFICATE) : broughtCertificate(root, config.signing);
  const wrong = (what: string): UserError => new UserError(`signing.imageCertificate: ${file}: ${what}`);
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(readFileSync(file));
  } catch (error) {
    throw wrong(`is no PEM certificate that can be read (${messageOf(error)})`);
  }
  if (!certificate.publicKey.equals(publicKey)) throw wrong("is not that of the key signing.imageKey");
  if (Date.parse(certificate.validTo) < Date.now()) throw wrong(`has expired on ${certificate.validTo}`);
  return certificate.toString();
}
