/** What the publisher's node proves of itself: that it can write to and read from release, and read the requests. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Credential } from "../model/plan";
import { CREDENTIAL_DAYS_LEFT, OWN_OBJECTS, PUBLISHER_PATHS, type PublisherSettings } from "../model/publisher";
import { Session } from "../openstack/session";
import { deleteObject, getObject, listObjects, listVersions, putObject } from "../openstack/swift";

const DAY = 86_400_000;

/** One line of what was found. Throws what is wrong. */
export async function check(session: Session, settings: PublisherSettings, now = new Date()): Promise<string> {
  const { requests, staging, release } = settings.buckets;
  await probe(session, release);
  const [asked, staged] = await Promise.all([requests, staging].map(async (bucket) => listObjects(session, bucket)));
  const count = asked?.filter(({ name }) => name.endsWith(".json")).length ?? 0;
  const days = Math.floor((Date.parse(settings.expires) - now.getTime()) / DAY);
  if (days < CREDENTIAL_DAYS_LEFT)
    throw new Error(`its credential ends in ${days} days; renew it: factory certificates renew publisher`);
  return `writes ${release}; ${count} requests in ${requests}, ${staged?.length ?? 0} objects in ${staging}; credential for ${days} days`;
}

/** Writes an object, reads it, removes it with every version of it. */
async function probe(session: Session, bucket: string): Promise<void> {
  const name = `${OWN_OBJECTS}probe`;
  const content = randomBytes(16).toString("hex");
  await putObject(session, bucket, name, content);
  try {
    if ((await getObject(session, bucket, name))?.toString() !== content)
      throw new Error(`${bucket}/${name}: is not what was just written`);
  } finally {
    for (const { version_id } of await listVersions(session, bucket, name))
      await deleteObject(session, bucket, name, version_id);
  }
}

/** With the credential that systemd has decrypted for this unit. */
export async function checkThisNode(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const settings = JSON.parse(readFileSync(PUBLISHER_PATHS.settings, "utf8")) as PublisherSettings;
  const file = path.join(env["CREDENTIALS_DIRECTORY"] ?? "", PUBLISHER_PATHS.credential);
  const credential = JSON.parse(readFileSync(file, "utf8")) as Credential;
  const { region, trusted } = settings;
  const auth = { kind: "applicationCredential", ...credential } as const;
  return check(new Session({ cloud: "production", region, auth, tls: { ca: trusted }, idleTimeout: 10_000 }), settings);
}
