/** Processes of this machine, as /proc tells them. */
import { readdirSync, readFileSync } from "node:fs";

/** Process ids with their parents'. What ends while one looks is left out. */
function parents(): Map<number, number> {
  const found = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    const stat = readIfThere(`/proc/${name}/stat`);
    // The second field is the program's name in brackets, which may hold anything.
    const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie has ended; that its parent does not ask for it is no concern of ours.
    if (fields?.[1] !== undefined && fields[0] !== "Z") found.set(Number(name), Number(fields[1]));
  }
  return found;
}

/** A process and all that it has started, directly or not; the process itself comes first. */
export function processTree(pid: number): number[] {
  const all = parents();
  const tree = all.has(pid) ? [pid] : [];
  for (const member of tree) for (const [child, parent] of all) if (parent === member) tree.push(child);
  return tree;
}

/** Ends a process that a test started and all that came of it with SIGKILL: nothing of it gets a chance to tidy up. */
export function killTree(pid: number): number[] {
  // Stopped ones start no more: once nothing new shows up, the list is complete.
  const stopped = new Set<number>();
  for (;;) {
    const fresh = processTree(pid).filter((member) => !stopped.has(member));
    if (fresh.length === 0) break;
    for (const member of fresh) {
      signal(member, "SIGSTOP");
      stopped.add(member);
    }
  }
  for (const member of stopped) signal(member, "SIGKILL");
  return [...stopped];
}

/** The process' arguments, separated by spaces; undefined when it is gone (or is a thread of the kernel). */
export function commandLine(pid: number): string | undefined {
  const text = readIfThere(`/proc/${pid}/cmdline`)?.replace(/\0+$/, "").replaceAll("\0", " ");
  return text === "" ? undefined : text;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // The process ended between the listing and the look.
    return undefined;
  }
}
