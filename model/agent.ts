/** The deployer that lives on the controller: what its user data, its handover and its command say alike. */
export const AGENT = {
  user: "deployer",
  /** The home of its user: nobody else can look into it. */
  home: "/var/lib/deployer",
  /** FACTORY_HOME of the commands that it runs. */
  factoryHome: "/var/lib/deployer/factory",
  /** FACTORY_CONFIG. */
  config: "/etc/factory/factory.yaml",
  /** The repository at the deployed commit: `<sha256>`, and `current`. */
  app: "/opt/factory/app",
  /** What it runs on: Node, Terraform, the provider, node_modules; likewise. */
  tools: "/opt/factory/tools",
  /** Shows the credentials to the user's processes, in memory, for as long as it is active. */
  unit: "factory-deployer.service",
  /** Has the public key that Jenkins logs in with, here and on build hosts. */
  authorizedKeys: "/etc/factory/agent/authorized_keys",
  /** Names of its credentials: clouds.yaml, and the private key that nodes know the deployer by. */
  clouds: "deployer-clouds",
  key: "deployer-key",
} as const;

/** The keys that sign, as the deployer on the controller has them: in a GnuPG home in memory. */
export const AGENT_SIGNING = {
  /** Imports them when it starts; with its end they are gone. */
  unit: "factory-signing.service",
  /** FACTORY_GNUPG of the commands that it runs. */
  home: "/run/factory-signing/gnupg",
  /** What is no secret, copied into that home: public keys, which of them is which, the user's own certificate. */
  files: "/etc/factory/signing",
  /** Name of the credential with the secret keys; it is empty where the deploying side keeps them. */
  credential: "signing-keys",
} as const;

/** Set to 1 where commands run inside of the factory's networks: nodes are reached without the jump host. */
export const INSIDE = "FACTORY_INSIDE";
