/** What the controller's user data, its handover and its configuration (JCasC) say alike. */
import type { KnownReferences } from "./casc";
import type { SecretName } from "./config/secrets";

/** TCP port of the iperf3 server that test instances measure the network against. */
export const IPERF3_PORT = 5201;

/** Jenkins' home is on the data volume; all else of it is made anew with the root disk. */
export const JENKINS = {
  user: "jenkins",
  casc: "/etc/factory/jenkins/casc",
  plugins: "/etc/factory/jenkins/plugins.yaml",
  certificate: "/etc/factory/certificates/controller.pem",
  authority: "/etc/factory/certificates/ca.pem",
  /** Name of the certificate's key among the node's credentials. */
  key: "controller-key",
  target: "factory-jenkins.target",
} as const;

/** A build host while it is an agent of Jenkins. */
export const BUILD_AGENT = { directory: "/var/lib/factory-agent" } as const;

/** Ids of Jenkins' credentials. */
export const JENKINS_CREDENTIALS = { deployer: "agent", buildHost: "build-host", directory: "directory" } as const;

/** The secrets that JCasC files may name as ${NAME}, by what secret of factory.yaml they are. */
export const JENKINS_SECRETS: Readonly<Record<string, SecretName>> = {
  JENKINS_ADMIN_PASSWORD: "jenkinsAdmin",
  JENKINS_METRICS_KEY: "jenkinsMetrics",
  LDAP_MANAGER_PASSWORD: "directoryReader",
  SMTP_PASSWORD: "smtp",
};

/** One more, which the node makes for itself: the key that Jenkins logs in to its agent `deployer` with. */
export const JENKINS_AGENT_KEY = "JENKINS_AGENT_KEY";

/** All that a JCasC file may refer to: model/casc.ts. */
export const JENKINS_REFERENCES: KnownReferences = {
  secrets: Object.keys(JENKINS_SECRETS),
  files: [`/run/credentials/jenkins.service/${JENKINS_AGENT_KEY}`],
};
