/** What the NFS server is handed over: the program that prunes the share, and its policy. */
import { NFS_PATHS } from "../../model/plan";
import type { RetentionPolicy } from "../../model/retention";
import { bundleRunner } from "../runner-bundle";
import type { Handover, RoleContext } from "./role";

export async function nfsServer({ deployment }: Pick<RoleContext, "deployment">): Promise<Handover> {
  const { builds, buildDays, cacheGiB } = deployment.config.retention;
  const policy: RetentionPolicy = { builds, buildDays, cacheGiB };
  const { code } = await bundleRunner(deployment.root, "share/prune.ts");
  return {
    files: [
      { path: NFS_PATHS.prune, content: code },
      { path: NFS_PATHS.policy, content: `${JSON.stringify(policy)}\n` },
    ],
  };
}
