/**
 * The build plan: everything that the runner on the build host needs to know and that is no secret. The deploying
 * side writes it at attach; the runner reads it and nothing else of the configuration.
 */
import type { ImageDefinition } from "./image";

/** A place that images go to. `cloud` names the credential (a clouds.yaml entry of the deployer). */
export interface RegionTarget {
  readonly name: string;
  readonly cloud: string;
  readonly region: string;
}

export interface BuildPlan {
  readonly version: 1;
  readonly factory: string;
  readonly build: string;
  readonly image: ImageDefinition;
  /** Tags that everything made for this build carries (model/naming.ts). */
  readonly tags: readonly string[];
  /** Who asked for the build: user@host. */
  readonly requestedBy: string;
  /** ISO 8601: when the reaper may take what is left of this build. */
  readonly expires: string;
  readonly options: {
    /** Build although nothing changed. */
    readonly force: boolean;
    /** Stop after distribute: no publish request. */
    readonly skipPublish: boolean;
    /** DIB_DEBUG_TRACE and the like. */
    readonly debug: boolean;
  };
  readonly recipes: {
    /** 40 hex digits. */
    readonly commit: string;
    /** The working tree had changes: may be built, never published. */
    readonly dirty: boolean;
    readonly source: { readonly kind: "bundle" } | { readonly kind: "clone"; readonly url: string };
  };
  readonly mirrors: {
    /** http://…/debian */
    readonly debian: string;
    /** http://…/debian-security */
    readonly debianSecurity: string;
  };
  /** Where the image is registered and tested first. */
  readonly home: RegionTarget;
  /** Where it is distributed to, `home` not among them. */
  readonly regions: readonly RegionTarget[];
  readonly testInstance: {
    readonly networkId: string;
    readonly securityGroupId: string;
    readonly flavor: string;
    readonly zone: string;
    /** Seconds until ACTIVE, and from then until cloud-init has finished. */
    readonly activeTimeout: number;
    readonly bootTimeout: number;
  };
  readonly signing: {
    /** 40 hex digits. */
    readonly fingerprint: string;
    readonly publicKey: string;
  };
  readonly buckets: {
    readonly cloud: string;
    readonly requests: string;
    readonly staging: string;
    /** Days after which artefacts in staging expire. */
    readonly stagingDays: number;
  };
  readonly iperf3?: { readonly host: string; readonly port: number };
  /** Seconds; a stage that takes longer fails. */
  readonly timeouts: Readonly<Record<string, number>>;
}

/** An application credential as attach hands it to the host, by clouds.yaml entry. Lives in tmpfs only. */
export interface Credential {
  readonly authUrl: string;
  readonly applicationCredentialId: string;
  readonly applicationCredentialSecret: string;
}
export type Credentials = Readonly<Record<string, Credential>>;

/** Paths on the build host; cloud-init makes them, attach fills them, the runner reads them. */
export const HOST_PATHS = {
  /** The factory's NFS share. */
  share: "/mnt/factory",
  /** The scratch volume: work happens here, nothing in here outlives the build host. */
  scratch: "/srv/scratch",
  runner: "/usr/local/lib/factory/runner.js",
  plan: "/var/lib/factory/plan.json",
  recipes: "/var/lib/factory/recipes.bundle",
  /** tmpfs */
  secrets: "/run/factory",
  credentials: "/run/factory/credentials.json",
  /** The forwarded gpg-agent's socket, there only while a stage signs. */
  agentSocket: "/run/factory/sign/agent.sock",
  unit: "factory-build.service",
} as const;

/** Directories on the NFS share, relative to it (and to the exported directory on the NFS server). */
export const SHARE_PATHS = {
  /** The exported directory on the NFS server. */
  exported: "/srv/factory",
  leases: "leases",
  cache: "cache",
  builds: "builds",
  /** `<image>.json`: manifest of the last build whose publication was asked for. */
  released: "released",
  buildDirectory: (image: string, build: string): string => `builds/${image}/${build}`,
} as const;
