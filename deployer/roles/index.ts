/** What each role is handed over, in the order in which it is put into place. */
import type { NodeRole } from "../../model/naming";
import { jenkinsHandover } from "./controller";
import type { RoleHandover } from "./role";

export const ROLE_HANDOVERS: Readonly<Record<NodeRole, readonly RoleHandover[]>> = {
  "jump-host": [],
  "nfs-server": [],
  controller: [jenkinsHandover],
  "directory-replica": [],
  "web-server": [],
  publisher: [],
};
