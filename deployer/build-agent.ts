/** A build host as Jenkins' agent: what Jenkins has to know of it, and what it needs to be one. */
import { existsSync, readFileSync } from "node:fs";
import { AGENT } from "../model/agent";
import { BUILD_AGENT, JENKINS_CREDENTIALS } from "../model/jenkins";
import type { HostKey } from "../model/host-keys";
import { HOST_PATHS } from "../model/plan";
import type { Deployment } from "./deployment";
import { KnownHosts } from "./known-hosts";
import { findNode, listNodes, Ways, type FactoryNode } from "./nodes";
import { quote } from "./shell";
import type { SshHost } from "./ssh";
import { UserError } from "./user-error";

export interface BuildAgent {
  /** The build's id: the agent's name. */
  readonly build: string;
  readonly address: string;
  /** `ssh-ed25519 AAAA…`, from the host's console. */
  readonly hostKey: string;
  /** Where the agent works. */
  readonly directory: string;
  /** Id of the credentials that Jenkins logs in with. */
  readonly credentials: string;
  /** The unit whose journal tells what the stages do. */
  readonly unit: string;
}

/** Milliseconds: a host that lacks Java installs it first. */
const PREPARED_WITHIN = 5 * 60_000;

/**
 * Prepares the image's build host and gives what Jenkins needs. Throws a UserError when there is no such host, or this
 * machine has no key of Jenkins.
 * @param keyFile the public key that Jenkins logs in with
 */
export async function buildAgent(
  deployment: Deployment,
  image: string,
  keyFile: string = AGENT.authorizedKeys,
): Promise<BuildAgent> {
  const publicKey = publicKeyIn(keyFile);
  const { factory } = deployment.config;
  const node = findNode(await listNodes(deployment), image, factory);
  const host = await new Ways(deployment).to(node);
  // before anything is done on it: whether it can be one at all
  const agent = agentOf(node, new KnownHosts(deployment.home.knownHosts).keys(node.server.id));
  await prepareAgent(host, { user: node.user, publicKey, java: deployment.config.jenkins.java });
  return agent;
}

/** What Jenkins has to know of a build host. Pure; throws a UserError for a node that is none. */
export function agentOf(
  { name, role, address }: Pick<FactoryNode, "name" | "role" | "address">,
  hostKeys: readonly HostKey[],
): BuildAgent {
  if (role !== "build-host") throw new UserError(`${name}: is no build host; name an image that is being built`);
  const key = hostKeys.find(({ type }) => type === "ssh-ed25519");
  if (!key) throw new UserError(`${name}: no ssh-ed25519 host key of it is pinned; its image's cloud-init makes one`);
  return {
    build: name,
    address,
    hostKey: `${key.type} ${key.key}`,
    directory: BUILD_AGENT.directory,
    credentials: JENKINS_CREDENTIALS.buildHost,
    unit: HOST_PATHS.unit,
  };
}

export interface PreparedAgent {
  /** The host's login user. */
  readonly user: string;
  /** `ssh-ed25519 AAAA…` */
  readonly publicKey: string;
  /** Java's version, where the host has none yet. */
  readonly java: number;
}

/** Java, a directory, and the key, which may do nothing but run the agent. Safe to repeat. */
export async function prepareAgent(
  host: Pick<SshHost, "asRoot">,
  { user, publicKey, java }: PreparedAgent,
): Promise<void> {
  await host.asRoot(
    `set -eu; user=${quote(user)} key=${quote(publicKey)}
     command -v java >/dev/null || apt-get -qq -o DPkg::Lock::Timeout=240 install -y --no-install-recommends openjdk-${java}-jre-headless >/dev/null
     install -d -m 0750 -o "$user" ${quote(BUILD_AGENT.directory)}
     home=$(getent passwd "$user" | cut -d: -f6)
     install -d -m 0700 -o "$user" "$home/.ssh"
     touch "$home/.ssh/authorized_keys"
     grep -qF -- "$key" "$home/.ssh/authorized_keys" || printf 'restrict %s\\n' "$key" >>"$home/.ssh/authorized_keys"
     chown "$user" "$home/.ssh/authorized_keys"; chmod 0600 "$home/.ssh/authorized_keys"`,
    { timeout: PREPARED_WITHIN },
  );
}

/** The key of a line that may begin with options, without its comment. Throws a UserError when there is none. */
export function publicKeyIn(file: string): string {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const [, key] = /(?:^|\s)(ssh-ed25519 [A-Za-z0-9+/]+=*)/.exec(text) ?? [];
  if (key !== undefined) return key;
  throw new UserError(
    `${file}: there is no key of Jenkins in it; on another machine than the controller name one: --key FILE`,
  );
}
