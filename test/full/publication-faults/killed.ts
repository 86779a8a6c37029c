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
 * Tells changes apart over several runs of one publication. Of images it is what is asked for that counts; pages are made
 * anew by each run, twice in one that takes something away. Of the artefacts the image, the sums and one other count.
 */
export class SeenChanges {
  private readonly seen = new Set<string>();
  private readonly records = new Set<string>();

  /** True once for each. */
  isNew(asked: Asked): boolean {
    const key = this.keyOf(asked);
    if (asked.path.includes("/records/")) this.records.add(asked.path);
    if (this.seen.has(key)) return false;
    this.seen.add(key);
    return true;
  }

  private keyOf({ way, service, method, path, body }: Asked): string {
    if (service === "image") return [way, method, path, body.toString()].join(" ");
    if (path.includes("/.factory/")) return [method, path, this.records.size].join(" ");
    const artefact = /\/images\/[^/]+\/[^/]+\/(.+)$/.exec(path)?.[1];
    const counts = artefact === undefined || /index\.html$|\.qcow2$|^SHA256SUMS$/.test(artefact);
    return counts ? `${method} ${path}` : `${method} an artefact`;
  }
}

/** What was asked for, in a few words. */
export function changeText({ way, method, path }: Asked): string {
  return `${way}: ${method} ${path.replace(/^.*?-release\//, "release/").replace(/\/v2\/images\//, "image ")}`;
}
