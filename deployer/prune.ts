/** `factory prune`: the NFS server's own program, started from here. */
import { NFS_PATHS } from "../model/plan";
import type { SshHost } from "./ssh";
import { UserError } from "./user-error";

/** Milliseconds: many files may have to be deleted. */
const PRUNE = 30 * 60_000;

/** Prunes the share, or tells what would be pruned. Gives the lines that it says. */
export async function pruneShare(host: SshHost, dryRun: boolean): Promise<string[]> {
  const { prune } = NFS_PATHS;
  const there = await host.run(`test -e ${prune}`);
  if (there.code !== 0) throw new UserError(`${host.name}: ${prune} is missing; deploy the factory again`);
  const said = await host.asRoot(`exec node ${prune}${dryRun ? " --dry-run" : ""}`, { timeout: PRUNE });
  return said.trimEnd().split("\n");
}

/** Lets it begin and does not wait for its end: it runs every night anyway. */
export async function startPruning(host: SshHost): Promise<void> {
  await host.asRoot(`systemctl start --no-block ${NFS_PATHS.pruneUnit} 2>/dev/null || true`);
}
