/** Who a deploy is, so that its several commands are known as one: the Terraform process that they were started by. */
import { readFile } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import path from "node:path";
import type { LeaseHolder } from "../model/lease";
import { must, run } from "./process";

export interface ProcessRow {
  readonly pid: number;
  readonly ppid: number;
  readonly command: string;
}

const RUNS_PROVISIONERS = ["terraform", "tofu"];

/** The rows of `ps -o pid=,ppid=,comm=`. */
export function parseProcesses(text: string): ProcessRow[] {
  return text.split("\n").flatMap((line) => {
    const [, pid, ppid, command = ""] = /^\s*(\d+)\s+(\d+)\s+(.+?)\s*$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), ppid: Number(ppid), command }];
  });
}

/** The nearest ancestor that runs provisioners; without one (a command typed in a shell) the parent. */
export function holderAmong(rows: readonly ProcessRow[], self: number): number {
  const byPid = new Map(rows.map((row) => [row.pid, row]));
  const ancestors: ProcessRow[] = [];
  for (let row = byPid.get(self); row && ancestors.length < rows.length;) {
    row = row.ppid === row.pid ? undefined : byPid.get(row.ppid);
    if (row) ancestors.push(row);
  }
  const runs = (row: ProcessRow): boolean => RUNS_PROVISIONERS.includes(path.basename(row.command));
  return (ancestors.find(runs) ?? ancestors[0])?.pid ?? self;
}

/** The identity of the deploy that this process belongs to. */
export async function sessionIdentity(): Promise<LeaseHolder> {
  const pid = holderAmong(parseProcesses(await must("ps", ["-A", "-o", "pid=,ppid=,comm="])), process.pid);
  return { user: userName(), host: hostname(), pid, started: (await startOf(pid)) ?? "unknown" };
}

/** Whether a holder on this machine is still there: the same process, not another one with its number. */
export async function isAlive(holder: Pick<LeaseHolder, "pid" | "started">): Promise<boolean> {
  return (await startOf(holder.pid)) === holder.started;
}

/** Whether there is a process of this number. */
export async function isRunning(pid: number): Promise<boolean> {
  return (await startOf(pid)) !== undefined;
}

/** What is known of a lease's holder from here. */
export async function holderProcess(holder: LeaseHolder): Promise<"alive" | "dead" | "unknown"> {
  if (holder.host !== hostname()) return "unknown";
  return (await isAlive(holder)) ? "alive" : "dead";
}

/**
 * Tells a process from a later one with its number; undefined when there is none. Linux counts ticks since boot, which
 * stay what they are when the clock is set; elsewhere ps tells the time of day.
 */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (stat !== undefined) {
    const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie holds nothing any more.
    return state === "Z" ? undefined : `tick ${fields[18] ?? ""}`;
  }
  const { code, stdout } = await run("ps", ["-o", "lstart=", "-p", String(pid)], { env: { LC_ALL: "C", TZ: "UTC" } });
  return code === 0 && stdout.trim() !== "" ? stdout.trim().replace(/\s+/g, " ") : undefined;
}

/** Who the system says we are; a uid without a name stays a number. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "unknown");
  }
}
