/** Samples of the arguments of all processes of this machine, those in its containers among them. */
import { appendFileSync, readdirSync } from "node:fs";
import { commandLine } from "./process-tree";

/** Milliseconds between two looks. */
const EVERY = 250;
/** A process' arguments change when it executes another program, which it mostly does at its beginning. */
const YOUNG = 4;
const SELDOM = 40;

export class ProcessArguments {
  private readonly looks = new Map<number, number>();
  private readonly seen = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  /** @param file gets every command line that is seen, once */
  constructor(readonly file: string) {}

  start(): void {
    this.timer = setInterval(() => this.look(), EVERY);
    this.timer.unref();
  }

  /** How many different command lines were seen. */
  stop(): number {
    clearInterval(this.timer);
    return this.seen.size;
  }

  private look(): void {
    const pids = readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
    const fresh: string[] = [];
    for (const pid of pids) {
      const looks = (this.looks.get(pid) ?? 0) + 1;
      this.looks.set(pid, looks);
      if (looks > YOUNG && looks % SELDOM !== 0) continue;
      const line = commandLine(pid);
      if (line === undefined || this.seen.has(line)) continue;
      this.seen.add(line);
      fresh.push(line);
    }
    const alive = new Set(pids);
    for (const pid of this.looks.keys()) if (!alive.has(pid)) this.looks.delete(pid);
    if (fresh.length > 0) appendFileSync(this.file, fresh.map((line) => `${line}\n`).join(""));
  }
}
