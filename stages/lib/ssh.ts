/** SSH to a test instance: its own key, its host keys pinned, nobody's agent or configuration. */
import { exec, type ExecOptions, type ExecResult } from "./exec";

export interface SshTarget {
  readonly address: string;
  readonly user: string;
  readonly keyFile: string;
  readonly knownHosts: string;
}

/** What ssh itself exits with when there is no connection or no login. */
export const NO_CONNECTION = 255;

/** Pure: arguments up to the command. `HostKeyAlias` is the address, whatever the file calls it. */
export function sshArguments({ address, user, keyFile, knownHosts }: SshTarget): string[] {
  const options = {
    IdentityFile: keyFile,
    IdentitiesOnly: "yes",
    IdentityAgent: "none",
    UserKnownHostsFile: knownHosts,
    GlobalKnownHostsFile: "/dev/null",
    StrictHostKeyChecking: "yes",
    UpdateHostKeys: "no",
    BatchMode: "yes",
    ConnectTimeout: "15",
    ServerAliveInterval: "15",
    ServerAliveCountMax: "8",
    LogLevel: "ERROR",
  };
  const pairs = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  return ["-F", "/dev/null", ...pairs, `${user}@${address}`];
}

/** Runs a command on the instance. Exit codes that are not accepted throw, {@link NO_CONNECTION} among them. */
export async function ssh(target: SshTarget, command: string, options: ExecOptions): Promise<ExecResult> {
  return exec("ssh", [...sshArguments(target), command], options);
}
