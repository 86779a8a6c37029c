/** Publishers that are killed: the real process, by SIGKILL, at a request that changes something. */
import type { Asked, Fates } from "../../support/fault-proxy";
import type { CommandResult } from "../../support/command";
import type { Production } from "../../support/production";

/** Whether the cloud carries out what was asked for last. */
export type Moment = "before" | "after";

/** Runs a command and kills it at the first change that `at` is true for; undefined: it ended by itself. */
export async function killedAt(
  production: Production,
  words: readonly string[],
  at: (asked: Asked) => boolean,
  moment: Moment,
): Promise<{ readonly killedAt: Asked | undefined; readonly result: CommandResult }> {
  let hit: Asked | undefined;
  let kill = (): void => undefined;
  const fates: Fates = (asked) => {
    // What it asks for in the time that it takes to die.
    if (hit) return "refuse";
    if (asked.change === undefined || !at(asked)) return "pass";
    hit = asked;
    if (moment === "after") return { lost: () => kill() };
    kill();
    return "refuse";
  };
  production.proxy.reset(fates);
  const running = production.begin(...words);
  kill = () => process.kill(running.pid, "SIGKILL");
  const result = await running.result;
  production.proxy.reset();
  if (hit && result.code !== undefined)
    throw new Error(`${words.join(" ")}: was not killed: exit status ${result.code}`);
  return { killedAt: hit, result };
}

/**
 * Tells changes apart over several runs of one publication: pages are made anew by each run, image by image it is what
 * is asked for that counts. What was written before a release is recorded, and again after, are two things.
 */
export class SeenChanges {
  private readonly seen = new Set<string>();
  private readonly records = new Set<string>();

  /** True once for each. */
  isNew(asked: Asked): boolean {
    const key = [
      this.records.size,
      asked.method,
      asked.path,
      asked.service === "image" ? asked.body.toString() : "",
    ].join(" ");
    if (asked.path.includes("/records/")) this.records.add(asked.path);
    if (this.seen.has(key)) return false;
    this.seen.add(key);
    return true;
  }
}

/** What was asked for, in a few words. */
export function changeText({ way, method, path }: Asked): string {
  return `${way}: ${method} ${path.replace(/^.*?-release\//, "release/").replace(/\/v2\/images\//, "image ")}`;
}
