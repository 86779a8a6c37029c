/** The ssh configuration that everything of ours and `ssh -F` of the user's go by. Pure. */

export interface SshHop {
  /** What one says to ssh: the node's name. */
  readonly name: string;
  readonly address: string;
  /** @default 22 */
  readonly port?: number | undefined;
  readonly user: string;
  /** Name that the pinned keys go under: the server's id, since addresses are used again. */
  readonly hostKeyAlias: string;
  /** File with the pinned keys. */
  readonly knownHosts: string;
}

export interface SshConfigInput {
  readonly target: SshHop;
  /** The jump host; none when the target is the jump host itself. */
  readonly jump?: SshHop | undefined;
  readonly identityFile: string;
  /** Socket of the connection to the jump host that all others share. */
  readonly controlPath: string;
}

/** Text of an ssh_config in which nothing of the user's own configuration has a say. */
export function sshConfig({ target, jump, identityFile, controlPath }: SshConfigInput): string {
  const shared = [
    "ControlMaster auto",
    `ControlPath ${value(controlPath)}`,
    // Long enough for the next command, short enough to be gone when nobody is left.
    "ControlPersist 60",
  ];
  const hops =
    jump === undefined ? [hop(target, shared)] : [hop(jump, shared), hop(target, [`ProxyJump ${jump.name}`])];
  return [...hops, block("*", common(identityFile))].join("\n") + "\n";
}

function hop(one: SshHop, more: readonly string[]): string {
  return block(one.name, [
    `HostName ${one.address}`,
    ...(one.port === undefined ? [] : [`Port ${one.port}`]),
    `User ${one.user}`,
    `HostKeyAlias ${one.hostKeyAlias}`,
    `UserKnownHostsFile ${value(one.knownHosts)}`,
    ...more,
  ]);
}

function common(identityFile: string): string[] {
  return [
    `IdentityFile ${value(identityFile)}`,
    "IdentitiesOnly yes",
    "BatchMode yes",
    "PreferredAuthentications publickey",
    "StrictHostKeyChecking yes",
    "GlobalKnownHostsFile /dev/null",
    "UpdateHostKeys no",
    "CheckHostIP no",
    "ForwardAgent no",
    "ForwardX11 no",
    "ConnectTimeout 10",
    "ServerAliveInterval 15",
    "ServerAliveCountMax 3",
    "LogLevel ERROR",
  ];
}

function block(name: string, lines: readonly string[]): string {
  return [`Host ${name}`, ...lines.map((line) => `  ${line}`)].join("\n");
}

/** Paths may hold spaces; a percent sign would begin a token. */
function value(path: string): string {
  return `"${path.replaceAll("%", "%%")}"`;
}
