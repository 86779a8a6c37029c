/** What the publisher's node is handed over: a credential of project production, and the program that tries it. */
import path from "node:path";
import { PUBLISHER_PATHS, type PublisherSettings } from "../../model/publisher";
import type { Deployment } from "../deployment";
import { endingFile, issueNodeCredential } from "../node-credential";
import { settingsOf } from "../publication";
import { publisherCredentialKind } from "../publisher-credential";
import { bundleRunner } from "../runner-bundle";
import { UserError } from "../user-error";
import type { Handover, RoleContext } from "./role";

export async function publisherHandover({ deployment, secrets }: RoleContext): Promise<Handover> {
  const { factory, buckets } = deployment.config;
  const session = deployment.project("production");
  const [check, program] = await Promise.all(
    ["publisher/check-main.ts", "publisher/main.ts"].map(async (entry) => bundleRunner(deployment.root, entry)),
  );
  const publication = await publicationFor(deployment);
  const issued = await issueNodeCredential(session, await publisherCredentialKind(deployment));
  const { credential, expires, revokeFormer } = issued;
  const { requests, staging, release } = buckets;
  const settings: PublisherSettings = {
    factory,
    region: session.region ?? deployment.homeRegion.region,
    trusted: session.trusted,
    buckets: { requests, staging, release },
    expires,
  };
  return {
    credentials: [
      { name: PUBLISHER_PATHS.credential, content: JSON.stringify(credential) },
      { name: PUBLISHER_PATHS.key, content: JSON.stringify(await secrets.all("publisher")) },
    ],
    files: [
      ...(publication ? [{ path: PUBLISHER_PATHS.publication, content: publication }] : []),
      { path: PUBLISHER_PATHS.settings, content: `${JSON.stringify(settings, null, 2)}\n` },
      endingFile(PUBLISHER_PATHS.credential, session, issued),
      { path: PUBLISHER_PATHS.check, content: check?.code ?? "" },
      { path: PUBLISHER_PATHS.program, content: program?.code ?? "" },
    ],
    // fails where the new credential does not work, and then the former ones stay
    restart: [PUBLISHER_PATHS.checkUnit],
    settled: revokeFormer,
  };
}

/** Undefined where the factory's keys are not at hand: then the node keeps what it was told before. */
async function publicationFor(deployment: Deployment): Promise<string | undefined> {
  try {
    const { repository, ...settings } = await settingsOf(deployment);
    // A checkout of this machine is none of the node's.
    const isAddress = repository !== undefined && !path.isAbsolute(repository);
    return `${JSON.stringify({ ...settings, ...(isAddress && { repository }) }, null, 2)}\n`;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
