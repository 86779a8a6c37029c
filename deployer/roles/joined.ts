/** What joined nodes are handed over: whom they trust, and the password that they read the directory with. */
import { DIRECTORY } from "../../model/directory";
import type { RoleHandover } from "./role";

/** Nothing where there is no directory. */
export const joined: RoleHandover = async ({ deployment, secrets, authority }) => {
  if (deployment.config.nodes.directoryReplica === undefined) return {};
  const { certificate } = await authority();
  return {
    credentials: [{ name: DIRECTORY.reader.credential, content: await secrets.get("directoryReader") }],
    files: [{ path: DIRECTORY.ca, content: certificate }],
    restart: ["sssd.service"],
  };
};
