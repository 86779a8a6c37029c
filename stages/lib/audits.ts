/** All audits of an image that need no boot, on its root file system mounted read-only. */
import path from "node:path";
import { checksAt, type AuditId } from "../../model/image-checks";
import { skipped, type Audit, type AuditContext, type Finding } from "./audit";
import { accounts, passwords } from "./audit-accounts";
import { bootFiles, fileModes, fileOwners, fileSystem, fstab, room, setUid } from "./audit-files";
import {
  buildResidue,
  caches,
  credentials,
  firstBoot,
  histories,
  logs,
  machineId,
  machineState,
  sshHostKeys,
} from "./audit-hygiene";
import { packageFiles, packagesCurrent, packagesOrigin, packageState, vulnerabilities } from "./audit-packages";
import { lynis } from "./lynis";
import { candidateVersions, type Versions } from "./package-index";
import { readReleases } from "./repositories";
import { readTracker } from "./security-tracker";
import { failed, type CheckResult } from "./test-report";
import type { StageContext } from "./stage";

export const AUDITS: Readonly<Record<AuditId, Audit>> = {
  "ssh-host-keys": sshHostKeys,
  "machine-id": machineId,
  passwords,
  accounts,
  credentials,
  histories,
  logs,
  "first-boot": firstBoot,
  "machine-state": machineState,
  "build-residue": buildResidue,
  caches,
  "file-system": fileSystem,
  room,
  fstab,
  "boot-files": bootFiles,
  "file-modes": fileModes,
  "file-owners": fileOwners,
  "set-uid": setUid,
  "package-state": packageState,
  "package-files": packageFiles,
  "packages-current": packagesCurrent,
  "packages-origin": packagesOrigin,
  vulnerabilities,
  lynis,
};

/** What the audits need beside tree and disk. */
export function auditTools(
  { plan, paths, signal, log }: Pick<StageContext, "plan" | "paths" | "signal" | "log">,
  work: string,
): Omit<AuditContext, "tree" | "raw" | "offset"> {
  let offers: Promise<Versions> | undefined;
  return {
    plan,
    work,
    signal,
    log: (line) => log.line(line),
    offered: (names) => {
      offers ??= (async () =>
        candidateVersions({
          plan,
          releases: await readReleases(plan, signal),
          names,
          directory: path.join(paths.work, "audit-indices"),
          signal,
        }))();
      return offers;
    },
    tracker: () => readTracker(plan.securityTracker, signal),
  };
}

/** They start programs by the thousand and take longer than all others together: they have a lane of their own. */
const SLOW: readonly AuditId[] = ["lynis"];

export interface AuditRun {
  /** Id of an audit → why it is left out. */
  readonly skips: ReadonlyMap<string, string>;
  /** Called at once, while the others go on. */
  readonly onFailure?: () => void;
}

/**
 * Every audit's result, in the order of the table. What an audit throws is no finding: the mirror was out of reach, or
 * the disk can't be read.
 */
export async function runAudits(
  context: AuditContext,
  { skips, onFailure }: AuditRun,
  audits: Readonly<Record<AuditId, Audit>> = AUDITS,
): Promise<CheckResult[]> {
  const rows = checksAt("audit");
  const lane = async (slow: boolean): Promise<CheckResult[]> => {
    const results: CheckResult[] = [];
    for (const { id, name } of rows.filter((row) => SLOW.includes(row.id) === slow)) {
      context.signal.throwIfAborted();
      const reason = skips.get(id);
      const started = performance.now();
      const finding = reason === undefined ? await audits[id](context) : skipped(reason);
      const result = resultOf({ id, name }, finding, (performance.now() - started) / 1000);
      tell(result, context.log);
      results.push(result);
      if (failed(result)) onFailure?.();
    }
    return results;
  };
  const results = (await Promise.all([lane(false), lane(true)])).flat();
  return rows.flatMap(({ id }) => results.filter((result) => result.id === id));
}

function tell({ id, ok, skipped: reason, seconds = 0, detail }: CheckResult, log: (line: string) => void): void {
  const state = reason !== undefined ? `skipped: ${reason}` : ok ? "ok" : "failed";
  log(`audit ${id}: ${state} (${seconds.toFixed(2)} s)`);
  detail.split("\n").forEach((line) => line !== "" && log(`  ${line}`));
}

function resultOf(check: Pick<CheckResult, "id" | "name">, finding: Finding, seconds: number): CheckResult {
  const { ok, skipped: reason, lines, measured } = finding;
  const more = { ...(reason !== undefined && { skipped: reason }), ...(measured !== undefined && { measured }) };
  return { ...check, ok, ...more, seconds, detail: lines.join("\n") };
}
