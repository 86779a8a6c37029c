/** The user data of the controller. */
import { AGENT, AGENT_SIGNING } from "../model/agent";
import { IPERF3_PORT, JENKINS_AGENT_KEY, JENKINS_SECRETS } from "../model/jenkins";
import { backupPart } from "./backup";
import { file, renderRole, type NodeValues } from "./render";

/** What is installed, and from where: `jenkins` of factory.yaml. */
export interface JenkinsSource {
  readonly version: string;
  readonly java: number;
  readonly repository: string;
  readonly key: { readonly url: string; readonly fingerprint: string };
  /** @default - no plugins, and so no Jenkins */
  readonly pluginManager: { readonly url: string; readonly sha256?: string | undefined };
  readonly updateCentre: string;
  /** Whether the node is in order only with Jenkins. */
  readonly required: boolean;
}

export interface ControllerValues extends NodeValues {
  readonly volumeId: string;
  readonly jenkins: JenkinsSource;
}

export function controllerUserData({ volumeId, jenkins, ...node }: ControllerValues): string {
  const { version, java, repository, key, pluginManager, updateCentre, required } = jenkins;
  const base = (url: string): string => url.replace(/\/+$/, "");
  const settings = {
    version,
    repository: base(repository),
    key,
    pluginManager: { url: pluginManager.url, sha256: pluginManager.sha256 ?? null },
    updateCentre: base(updateCentre),
    required,
  };
  const deployer = {
    name: "deployer",
    values: {
      ...pick(AGENT, ["user", "home", "app", "tools", "unit", "clouds", "key"]),
      command: file("factory-command"),
      makeHome: file("factory-deployer-home"),
      makeKey: file("factory-agent-key"),
      makeSigning: file("factory-deployer-signing"),
      signingUnit: AGENT_SIGNING.unit,
      signingKeys: AGENT_SIGNING.credential,
    },
  };
  const controller = {
    name: "controller",
    values: {
      volumeId,
      java: String(java),
      settings: JSON.stringify(settings),
      credentials: [...Object.keys(JENKINS_SECRETS), JENKINS_AGENT_KEY]
        .map((name) => `LoadCredentialEncrypted=${name}`)
        .join("\n"),
      iperf3: String(IPERF3_PORT),
      freePercent: String(node.freePercent),
      mountVolume: file("factory-mount-volume"),
      health: file("jenkins-health"),
      proxy: file("controller-proxy.conf"),
      collect: file("jenkins-backup-collect"),
      apply: file("jenkins-backup-apply"),
    },
  };
  return renderRole(node, controller, deployer, backupPart());
}

function pick<T, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<T, K>;
}
