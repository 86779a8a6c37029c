/** A build host as Jenkins' agent: what Jenkins has to know of it, and what it needs to be one. */
import { existsSync, readFileSync } from "node:fs";
import { AGENT } from "../model/agent";
import { BUILD_AGENT, JENKINS_CREDENTIALS } from "../model/jenkins";
import { HOST_PATHS } from "../model/plan";
import type { Deployment } from "./deployment";
import { KnownHosts } from "./known-hosts";
import { findNode, listNodes, Ways } from "./nodes";
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
  if (node.role !== "build-host")
    throw new UserError(`${node.name}: is no build host; name an image that is being built`);
  const ways = new Ways(deployment);
  const host = await ways.to(node);
  await prepare(host, node.user, publicKey, deployment.config.jenkins.java);
  const key = new KnownHosts(deployment.home.knownHosts)
    .keys(node.server.id)
    .find(({ type }) => type === "ssh-ed25519");
  if (!key)
    throw new UserError(`${node.name}: no ssh-ed25519 host key of it is pinned; its image's cloud-init makes one`);
  return {
    build: node.name,
    address: node.address,
    hostKey: `${key.type} ${key.key}`,
    directory: BUILD_AGENT.directory,
    credentials: JENKINS_CREDENTIALS.buildHost,
    unit: HOST_PATHS.unit,
  };
}

/** Java, a directory, and the key, which may do nothing but run the agent. Safe to repeat. */
async function prepare(host: SshHost, user: string, publicKey: string, java: number): Promise<void> {
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

/** The key of a line that may begin with options, without its comment. */
function publicKeyIn(file: string): string {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const [, key] = /(?:^|\s)(ssh-ed25519 [A-Za-z0-9+/]+=*)/.exec(text) ?? [];
  if (key !== undefined) return key;
  throw new UserError(
    `${file}: there is no key of Jenkins in it; on another machine than the controller name one: --key FILE`,
  );
}
