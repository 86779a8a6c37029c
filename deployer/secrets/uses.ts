/** What each secret is for, and which nodes are handed it. Pure. */
import type { SecretName } from "../../model/config/secrets";
import { NODE_ROLES, type NodeRole } from "../../model/naming";

export interface SecretUse {
  /**
   * In the order in which a new value has to reach them: the directory's servers know a new password of an account
   * before those who log in with it.
   */
  readonly roles: readonly NodeRole[];
  /**
   * Those that take a former value too for as long as it is kept, so that nobody is shut out while nodes change one
   * after the other; they are handed over to once more when it has gone.
   */
  readonly acceptedBy: readonly NodeRole[];
  /** Whether former values are still needed once all nodes have the new one. */
  readonly formerKept: boolean;
}

const everywhere: readonly NodeRole[] = [
  "directory-replica",
  ...NODE_ROLES.filter((role) => role !== "directory-replica"),
];

export const SECRET_USES: Readonly<Record<SecretName, SecretUse>> = {
  ca: { roles: everywhere, acceptedBy: everywhere, formerKept: false },
  directoryReader: { roles: everywhere, acceptedBy: ["directory-replica"], formerKept: false },
  directoryReplicator: { roles: ["directory-replica"], acceptedBy: ["directory-replica"], formerKept: false },
  jenkinsAdmin: { roles: ["controller"], acceptedBy: [], formerKept: false },
  jenkinsMetrics: { roles: ["controller"], acceptedBy: [], formerKept: false },
  // what was encrypted with a former passphrase is still to be read
  backup: { roles: ["directory-replica", "controller"], acceptedBy: [], formerKept: true },
  // records that a former key has signed are still to be verified
  publisher: { roles: ["publisher"], acceptedBy: [], formerKept: true },
  webCertificate: { roles: ["web-server"], acceptedBy: [], formerKept: false },
  smtp: { roles: ["controller"], acceptedBy: [], formerKept: false },
};

export const SECRET_NAMES = Object.keys(SECRET_USES) as readonly SecretName[];
