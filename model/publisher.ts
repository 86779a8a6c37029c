/** What the publisher's node is told, and where; the deploying side writes it, the programs there read it. */

export interface PublisherSettings {
  readonly factory: string;
  /** The region whose object storage has the buckets. */
  readonly region: string;
  /** PEM of the authorities that the cloud's services are trusted by. */
  readonly trusted?: string | undefined;
  readonly buckets: { readonly requests: string; readonly staging: string; readonly release: string };
  /** ISO 8601: when its credential ends. */
  readonly expires: string;
}

/** Below this much the node is not healthy. */
export const CREDENTIAL_DAYS_LEFT = 7;

export const PUBLISHER_PATHS = {
  settings: "/etc/factory/publisher.json",
  /** What it is told of publication: model/publication-settings.ts. */
  publication: "/etc/factory/publication.json",
  /** The publisher itself, and the command that runs it with its credentials. */
  program: "/usr/local/lib/factory/publisher.js",
  command: "/usr/local/sbin/factory",
  check: "/usr/local/lib/factory/publisher-check.js",
  checkUnit: "factory-publisher-check.service",
  /** Whose lines in the journal are what it said. */
  checked: "factory-publisher-check",
  /** Publishes now and then what may be published. */
  publishUnit: "factory-publish.service",
  publishTimer: "factory-publish.timer",
  published: "factory-publish",
  /** Name of its credential for `LoadCredentialEncrypted=`. */
  credential: "publisher-cloud",
  /** Its OpenPGP keys, a JSON list of armoured secret keys, the newest first. */
  key: "publisher-key",
  /** A clouds.yaml with the entries that may change images in the regions; an administrator puts it there. */
  clouds: "publisher-clouds",
} as const;

/** Environment of the program: who has typed the command. The unit's own user is nobody in particular. */
export const PUBLISHER_USER = "FACTORY_USER";

/** Objects in the buckets that are the factory's own business; the web site does not show them. */
export const OWN_OBJECTS = ".factory/";
