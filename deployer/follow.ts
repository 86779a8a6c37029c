/** Follows the unit on a build host over connections that may break: every event once, then how the unit ended. */
import type { BuildEvent } from "../model/events";
import { HOST_PATHS } from "../model/plan";
import { pause } from "./pause";
import { endChild } from "./process";
import { sshError, SshError } from "./ssh-error";
import type { SshHost } from "./ssh";
import { quote } from "./shell";
import { UserError } from "./user-error";

export interface UnitEnd {
  /** systemd's word: success, exit-code, signal, timeout, … */
  readonly result: string;
  /** Exit status or signal number of the runner. */
  readonly status: number;
}

export interface FollowOptions {
  /** Gets every event of the host exactly once and in order, those from before we came too. */
  readonly onEvent: (event: BuildEvent) => void;
  /** When to give up, milliseconds since the epoch. */
  readonly deadline: number;
  /** Told when a connection is lost and when it is back. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
  /** Milliseconds before a new connection. @default 3000 */
  readonly wait?: number;
  /** What is run on the host as root. @default the runner's `follow` */
  readonly command?: string;
}

/** How often in a row the runner may fail to be followed although the connection is fine. */
const REFUSALS = 5;

const FOLLOW = `exec node ${quote(HOST_PATHS.runner)} follow`;

/** How the unit ended. Throws a UserError at the deadline, and at once when no new connection can help. */
export async function follow(host: SshHost, options: FollowOptions): Promise<UnitEnd> {
  const { onEvent, deadline, say, signal, wait = 3000 } = options;
  let seen = 0;
  let refusals = 0;
  let lost = false;
  for (;;) {
    signal.throwIfAborted();
    // Each connection prints the events from the first on.
    let line = 0;
    const outcome = await listen(host, options, (event) => {
      if (lost) say("the connection is back");
      lost = false;
      if (++line <= seen) return;
      seen = line;
      onEvent(event);
    });
    signal.throwIfAborted();
    if (!(outcome instanceof Error)) return outcome;
    if (outcome instanceof SshError && !outcome.passing) throw outcome;
    refusals = outcome instanceof SshError ? 0 : refusals + 1;
    if (refusals >= REFUSALS) throw outcome;
    if (Date.now() > deadline) {
      throw new UserError(
        `${host.name}: the build takes longer than build.timeoutMinutes; it goes on there: deploy again to follow it`,
      );
    }
    if (!lost) say(`${outcome.message}; the build goes on, connecting again`);
    lost = true;
    await pause(wait, signal);
  }
}

/** One connection: the unit's end, or why there was none. */
function listen(host: SshHost, options: FollowOptions, onEvent: (event: BuildEvent) => void): Promise<UnitEnd | Error> {
  return new Promise((resolve) => {
    const child = host.start(options.command ?? FOLLOW);
    let end: UnitEnd | undefined;
    let rest = "";
    let stderr = "";
    const stop = (): void => endChild(child);
    const timer = setTimeout(stop, Math.max(0, options.deadline - Date.now()) + 1);
    options.signal.addEventListener("abort", stop, { once: true });
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const said = parseLine(line);
        if (said && "unit" in said) end = said.unit;
        else if (said) onEvent(said);
      }
    });
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (stderr = (stderr + chunk).slice(-4000)));
    child.on("error", (error) => (stderr += error.message));
    child.on("close", (code) => {
      clearTimeout(timer);
      options.signal.removeEventListener("abort", stop);
      if (end) resolve(end);
      else if (code === 255 || code === null) resolve(sshError(host.name, stderr));
      else
        resolve(
          new Error(
            `${host.name}: the runner can not be followed: ${stderr.trim().split("\n").at(-1) ?? `status ${code}`}`,
          ),
        );
    });
  });
}

/** A line of the runner's `follow`; anything else (a banner) is undefined. */
function parseLine(line: string): BuildEvent | { readonly unit: UnitEnd } | undefined {
  try {
    const value = JSON.parse(line) as unknown;
    return typeof value === "object" && value !== null && ("stage" in value || "unit" in value)
      ? (value as BuildEvent | { readonly unit: UnitEnd })
      : undefined;
  } catch {
    return undefined;
  }
}
