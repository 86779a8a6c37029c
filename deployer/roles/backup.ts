/** What nodes whose state is backed up are handed over: the passphrases, and the way to their part of the bucket. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { BACKUP, backedUpNodes, type BackupAccess } from "../../model/backup";
import { backupCredentialKind } from "../backup-credential";
import { endingFile, issueNodeCredential } from "../node-credential";
import type { RoleHandover } from "./role";

/** Nothing for nodes without backups. */
export const backup: RoleHandover = async ({ deployment, node, secrets }) => {
  const { config } = deployment;
  if (!backedUpNodes(config).includes(node.name)) return {};
  const session = deployment.project("production");
  const [passphrases, storage, kind] = await Promise.all([
    secrets.all("backup"),
    session.endpoint("object-store"),
    backupCredentialKind(deployment, node.name),
  ]);
  const issued = await issueNodeCredential(session, kind);
  const { credential, expires, revokeFormer } = issued;
  const access: BackupAccess = {
    node: node.name,
    identity: credential.authUrl,
    id: credential.applicationCredentialId,
    secret: credential.applicationCredentialSecret,
    expires,
    bucket: `${storage.replace(/\/$/, "")}/${encodeURIComponent(config.buckets.backups)}`,
    keep: config.retention.backups,
    ca: session.trusted,
  };
  return {
    credentials: [
      { name: BACKUP.passphrases, content: passphrases.map((one) => `${one}\n`).join("") },
      { name: BACKUP.access, content: JSON.stringify(access) },
    ],
    files: [
      endingFile(BACKUP.access, session, issued),
      { path: BACKUP.program, content: readFileSync(path.join(deployment.root, BACKUP.source)), mode: "0755" },
      { path: BACKUP.health, content: `#!/bin/sh\nexec ${BACKUP.program} health\n`, mode: "0755" },
    ],
    // fails where the new credential does not work, and then the former ones stay
    restart: [BACKUP.check, BACKUP.timer],
    settled: revokeFormer,
  };
};
