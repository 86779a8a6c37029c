/** What the publisher's node is handed over: a credential of project production, and the program that tries it. */
import { PUBLISHER_PATHS, type PublisherSettings } from "../../model/publisher";
import { endingFile, issueNodeCredential } from "../node-credential";
import { publisherCredentialKind } from "../publisher-credential";
import { bundleRunner } from "../runner-bundle";
import type { Handover, RoleContext } from "./role";

export async function publisherHandover({ deployment }: RoleContext): Promise<Handover> {
  const { factory, buckets } = deployment.config;
  const session = deployment.project("production");
  const program = await bundleRunner(deployment.root, "publisher/check-main.ts");
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
    credentials: [{ name: PUBLISHER_PATHS.credential, content: JSON.stringify(credential) }],
    files: [
      { path: PUBLISHER_PATHS.settings, content: `${JSON.stringify(settings, null, 2)}\n` },
      endingFile(PUBLISHER_PATHS.credential, session, issued),
      { path: PUBLISHER_PATHS.check, content: program.code },
    ],
    // fails where the new credential does not work, and then the former ones stay
    restart: [PUBLISHER_PATHS.checkUnit],
    settled: revokeFormer,
  };
}
