/** What each role is handed over, in the order in which it is put into place. */
import type { NodeRole } from "../../model/naming";
import { backup } from "./backup";
import { jenkinsHandover } from "./controller";
import { directoryReplica } from "./directory-replica";
import { joined } from "./joined";
import { publisherHandover } from "./publisher";
import { deployerHandover } from "./deployer";
import { signingKeys } from "./signing-keys";
import { nfsServer } from "./nfs-server";
import type { RoleHandover } from "./role";
import { webHandover } from "./web-server";

export const ROLE_HANDOVERS: Readonly<Record<NodeRole, readonly RoleHandover[]>> = {
  "jump-host": [joined],
  "nfs-server": [joined, nfsServer],
  controller: [deployerHandover, signingKeys, jenkinsHandover, joined, backup],
  "directory-replica": [directoryReplica, joined, backup],
  "web-server": [webHandover, joined],
  publisher: [publisherHandover, joined],
};
