/** What each secret is for, and which nodes are handed it. Pure. */
import type { SecretName } from "../../model/config/secrets";
import { NODE_ROLES, type NodeRole } from "../../model/naming";

export interface SecretUse {
  /**
   * In the order in which a new value has to reach them: the directory's servers know a new password of an account
   * before those who log in with it.
   */
  readonly roles: readonly NodeRole[];
  /** Whether former values are still needed once all nodes have the new one. */
  readonly formerKept: boolean;
}

const everywhere: readonly NodeRole[] = [
  "directory-replica",
  ...NODE_ROLES.filter((role) => role !== "directory-replica"),
];

export const SECRET_USES: Readonly<Record<SecretName, SecretUse>> = {
  ca: { roles: everywhere, formerKept: false },
  directoryReader: { roles: everywhere, formerKept: false },
  directoryReplicator: { roles: ["directory-replica"], formerKept: false },
  jenkinsAdmin: { roles: ["controller"], formerKept: false },
  // what was encrypted with a former passphrase is still to be read
  backup: { roles: ["directory-replica", "controller"], formerKept: true },
  webCertificate: { roles: ["web-server"], formerKept: false },
  smtp: { roles: ["controller"], formerKept: false },
};

export const SECRET_NAMES = Object.keys(SECRET_USES) as readonly SecretName[];
