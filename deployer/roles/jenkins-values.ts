/** Which JCasC files a factory's Jenkins gets, and what stands in them. Pure. */
import { stringify } from "yaml";
import { AGENT } from "../../model/agent";
import type { FactoryConfig } from "../../model/config";
import { DIRECTORY } from "../../model/directory";
import { names, numbered } from "../../model/naming";

export interface JenkinsFacts {
  /** The controller's name in the factory's domain. */
  readonly host: string;
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string;
  /** The deployed commit, 40 hex digits. */
  readonly commit: string;
}

/** Names of files in jenkins/casc that this factory leaves out: each topic has one file, or none. */
export function leftOut(config: FactoryConfig): string[] {
  const directory = config.nodes.directoryReplica !== undefined && config.jenkins.realm === "directory";
  const { smtp } = config.notify;
  return [
    directory ? "access.local.yaml" : "access.directory.yaml",
    ...(smtp && smtp.user === undefined ? [] : ["mail.yaml"]),
    ...(smtp?.user !== undefined ? [] : ["mail.login.yaml"]),
    ...(config.infrastructure.git ? [] : ["library.yaml"]),
  ];
}

/** Values for {{ name }}. Those of files that are left out may be empty. */
export function jenkinsValues(config: FactoryConfig, { host, hostKey, commit }: JenkinsFacts): Record<string, string> {
  const { factory, notify, directory, infrastructure, nodes, jenkins } = config;
  const replicas = numbered("directory-replica", nodes.directoryReplica?.count ?? 0);
  return {
    factory,
    url: `https://${host}/`,
    from: notify.from,
    team: notify.team,
    agentUser: AGENT.user,
    agentHome: `${AGENT.home}/agent`,
    hostKey,
    // one for each build, and for build-all, the seed and somebody who stops a build
    deployerExecutors: String(jenkins.buildHosts + 3),
    hostUser: nodes.buildHost.user,
    commit,
    git: infrastructure.git?.url ?? "",
    gitRef: infrastructure.git?.ref ?? "",
    // one after the other is asked
    ldapServers: replicas
      .map((one) => `ldaps://${names.node(factory, one)}.${names.domain(factory)}:${DIRECTORY.port}`)
      .join(" "),
    ldapRoot: directory.baseDn,
    ldapManager: DIRECTORY.reader.dn,
    adminGroup: directory.adminGroup,
    operationsGroup: directory.operationsGroup,
    userGroup: directory.userGroup,
    smtpHost: notify.smtp?.host ?? "",
    smtpPort: String(notify.smtp?.port ?? ""),
    smtpTls: String(notify.smtp?.startTls ?? ""),
    smtpUser: notify.smtp?.user ?? "",
  };
}

/** JCasC of the places for builds at once: the pipeline holds one from its beginning to its end. */
export function locksFile({ jenkins }: FactoryConfig): string {
  const declaredResources = numbered("build-host", jenkins.buildHosts).map((name) => ({
    name,
    labels: "build-hosts",
    description: "a place for one build",
  }));
  return stringify({ unclassified: { lockableResourcesManager: { declaredResources } } });
}
