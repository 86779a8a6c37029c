/** FACTORY_HOME: what belongs to this deploying side and is kept out of git. */
import path from "node:path";
import { userPath } from "../config/paths";

export interface Home {
  readonly directory: string;
  readonly sshKey: string;
  readonly sshPublicKey: string;
  /** ssh_config files, one a node. */
  readonly sshHosts: string;
  /** known_hosts files, one a server. */
  readonly knownHosts: string;
  readonly gnupg: string;
  /** Whether the keys in it are handed over: none is made or imported here. */
  readonly keysAreGiven: boolean;
  /** Terraform's states, one a stack. */
  readonly state: string;
  /** A directory for each run of the cdktf command. */
  readonly runs: string;
  /** Where unexpected errors are told in full. */
  readonly errorLog: string;
}

/**
 * The paths below a home; `gnupg` may be kept elsewhere (signing.home).
 * @param givenGnupg where it is on the controller, which has its keys by handover
 */
export function homeAt(directory: string, gnupg?: string, givenGnupg?: string): Home {
  const inside = (...parts: string[]): string => path.join(directory, ...parts);
  return {
    directory,
    sshKey: inside("ssh", "id_ed25519"),
    sshPublicKey: inside("ssh", "id_ed25519.pub"),
    sshHosts: inside("ssh", "hosts"),
    knownHosts: inside("known_hosts"),
    gnupg: givenGnupg ?? (gnupg === undefined ? inside("gnupg") : userPath(".", gnupg)),
    keysAreGiven: givenGnupg !== undefined,
    state: inside("state"),
    runs: inside("runs"),
    errorLog: inside("errors.log"),
  };
}
