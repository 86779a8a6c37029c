/** The publisher at work: its settings, with sessions, keys and a place for files. */
import { rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import type { PublicationSettings } from "../model/publication-settings";
import { sessionOptions, type CloudsFile } from "../openstack/clouds-file";
import { Session } from "../openstack/session";
import { renderSite } from "../site/render";
import { barbicanCertificates, type CertificateSessions } from "./barbican-certificates";
import { glanceRegion } from "./glance-region";
import { closeWhenInterrupted } from "./interrupts";
import { makeOwn, removeLeft, REMOVED } from "./leftovers";
import { openPgp } from "./openpgp";
import type { Publisher } from "./ports";
import { imageKeys } from "./request";
import { reviewOf } from "./review";
import { swiftObjects } from "./swift-objects";

/** Regions answer soon or not at all: what is to be told of the others must not wait for one that is down. */
export const PATIENCE = { retry: { attempts: 3, base: 300, cap: 2000 }, idleTimeout: 30_000 } as const;

/** By name of the region. */
export type RegionSessions = ReadonlyMap<
  string,
  CertificateSessions & {
    /** With an administrator's rights. */
    readonly images: Session;
  }
>;

/** What a clouds.yaml has for the publisher's regions. */
export function regionSessions({ regions }: Pick<PublicationSettings, "regions">, clouds: CloudsFile): RegionSessions {
  const session = (entry: string, region: string): Session =>
    new Session({ ...sessionOptions(clouds, entry, region), ...PATIENCE });
  return new Map(
    regions.map(({ name, region, cloud, customer, certificates }) => [
      name,
      {
        images: session(cloud, region),
        customer: customer === undefined ? undefined : session(customer, region),
        certificates: certificates === undefined ? undefined : session(certificates, region),
      },
    ]),
  );
}

export interface Access {
  /** Who acts, for the records. */
  readonly user: string;
  /** Of project production: where the buckets are. */
  readonly buckets: Session;
  readonly regions: RegionSessions;
  /** Armoured secret keys of the publisher's, the newest first. */
  readonly keys: readonly string[];
}

/** Runs `work` with a publisher; its keys and files are gone afterwards. */
export async function withPublisher<T>(
  settings: PublicationSettings,
  access: Access,
  say: (line: string) => void,
  work: (publisher: Publisher) => Promise<T>,
): Promise<T> {
  const { factory, address, policy, buckets, trusted, approvers, repository } = settings;
  await removeLeft(tmpdir(), "factory-publisher-");
  const files = await makeOwn(tmpdir(), "factory-publisher-");
  const pgp = await openPgp(inMemory());
  const close = async (): Promise<void> => {
    await pgp.close();
    await rm(files, REMOVED);
  };
  const ended = closeWhenInterrupted(close);
  try {
    imageKeys(trusted.image);
    const bucket = (name: string) => swiftObjects(access.buckets, name);
    return await work({
      factory,
      address,
      policy,
      regions: await Promise.all(
        settings.regions.map(async ({ name }) => {
          const sessions = access.regions.get(name);
          if (!sessions) throw new Error(`${name}: there is no session of it`);
          const certificates = barbicanCertificates(factory, sessions);
          // An administrator may have a way of their own to Keystone; a customer's is what customers have.
          const authUrl = await (sessions.customer ?? sessions.images).endpoint("identity");
          return { ...glanceRegion({ name, session: sessions.images, factory, authUrl }), certificates };
        }),
      ),
      requests: bucket(buckets.requests),
      staging: bucket(buckets.staging),
      release: bucket(buckets.release),
      key: await pgp.publisherKey(access.keys),
      trusted,
      builders: await pgp.keyring(trusted.openPgp, "publish.trustedKeys"),
      approvers: approvers.length === 0 ? undefined : await pgp.keyring(approvers, "publish.approvers"),
      isReviewed: reviewOf(repository, policy.branches, files),
      renderSite,
      work: files,
      who: `${access.user}@${hostname()}`,
      now: () => new Date(),
      say,
    });
  } finally {
    await close();
    ended();
  }
}

/** A file system that is in memory, for secret keys; where there is none, the place for temporary files. */
function inMemory(): string {
  const places = [process.env["RUNTIME_DIRECTORY"], process.env["XDG_RUNTIME_DIR"], "/dev/shm"];
  return places.find((place) => place !== undefined && existsSync(place)) ?? tmpdir();
}
