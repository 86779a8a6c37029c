/** What a failed ssh failed of, from what it said. Pure. */

/**
 * - `refused`, `unreachable`: nobody there (yet): try again
 * - `lost`: was there, went away: try again
 * - `timeout`: the remote command took too long
 * - `host-key`: not the host that was pinned
 * - `auth`: the host does not take our key
 */
export type SshFailureClass = "refused" | "unreachable" | "lost" | "timeout" | "host-key" | "auth";

export class SshError extends Error {
  constructor(
    readonly failureClass: SshFailureClass,
    message: string,
  ) {
    super(message);
    this.name = "SshError";
  }

  /** Whether waiting may help. */
  get passing(): boolean {
    return this.failureClass !== "host-key" && this.failureClass !== "auth";
  }
}

const CLASSES: readonly (readonly [RegExp, SshFailureClass, string])[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed|No \S+ host key is known/i,
    "host-key",
    "it shows another host key than the one pinned from its console: it is being rebuilt (try again in a minute or two), or somebody is in between",
  ],
  [
    /Permission denied|Too many authentication failures/i,
    "auth",
    "it does not take the factory's key (yet); was the factory deployed from another FACTORY_HOME?",
  ],
  [/Connection refused/i, "refused", "nothing listens on its SSH port"],
  // All that is heard of a port that the jump host can not reach.
  [/kex_exchange_identification|closed by UNKNOWN port/i, "unreachable", "nobody answers on its SSH port"],
  [/timed out|No route to host|Network is unreachable|Could not resolve/i, "unreachable", "it can not be reached"],
];

/** The error of an ssh that ended with status 255, in one line. */
export function sshError(host: string, stderr: string): SshError {
  const found = CLASSES.find(([pattern]) => pattern.test(stderr));
  const said = stderr
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("@"))
    .at(-1);
  const [, failureClass, explanation] = found ?? [undefined, "lost" as const, "the connection broke off"];
  return new SshError(failureClass, `ssh ${host}: ${explanation}${said ? ` (${said})` : ""}`);
}
