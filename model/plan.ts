/**
 * The build plan: everything that the runner on the build host needs to know and that is no secret. The deploying
 * side writes it at attach; the runner reads it and nothing else of the configuration.
 */
import type { ImageDefinition } from "./image";
import type { RegionTarget } from "./region";
import type { Visibility } from "./rotation";
import type { StageSelection } from "./stage-selection";
import type { ImageSigning } from "./image-signature";

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
  /** The part of the build that this run is about. @default all of it */
  readonly selection?: StageSelection;
  readonly recipes: {
    /** 40 hex digits. */
    readonly commit: string;
    /** That it is taken from. @default - not known */
    readonly branch?: string;
    /** The working tree had changes: may be built, never published. */
    readonly dirty: boolean;
    readonly source: { readonly kind: "bundle" } | { readonly kind: "clone"; readonly url: string };
  };
  /** The image that the build host booted from, and Glance's hash of it; absent where Glance tells none. */
  readonly base?: { readonly name: string; readonly hash: string };
  readonly mirrors: {
    /** http://…/debian */
    readonly debian: string;
    /** http://…/debian-security */
    readonly debianSecurity: string;
    /** Of the distributions that the factory has a mirror of. */
    readonly ubuntu?: string | undefined;
    readonly rocky?: string | undefined;
    readonly opensuse?: string | undefined;
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
  /** Glance's image signature; without it images carry none. */
  readonly imageSigning?: ImageSigning;
  readonly buckets: {
    readonly cloud: string;
    readonly requests: string;
    readonly staging: string;
    /** Days after which artefacts in staging expire. */
    readonly stagingDays: number;
  };
  /** What a request for publication asks for beyond what the image says. */
  readonly publish: {
    readonly visibility: Visibility;
    /** Days that the request is good for. */
    readonly requestDays: number;
  };
  readonly iperf3?: { readonly host: string; readonly port: number };
  /** Address of the data of Debian's security tracker, or a file of the build host. */
  readonly securityTracker?: string;
  /** Seconds; a stage that takes longer fails. */
  readonly timeouts: Readonly<Record<string, number>>;
  /** Seconds; a run that takes longer is stopped. @default no end but the stages' own */
  readonly timeout?: number;
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
  /** This build's directory on the factory's share, by NFS. */
  build: "/mnt/factory/build",
  /** What earlier builds of the same recipe kept for this one, by NFS. */
  cache: "/mnt/factory/cache",
  /** Package archives of all builds, by NFS. */
  archives: "/mnt/factory/archives",
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
  /** Why the runner is being stopped, one line: whoever stops its unit leaves it there before. */
  stopNote: "/run/factory/stop",
  unit: "factory-build.service",
} as const;

/** Directories on the NFS server, relative to the one that they are all in. Build hosts see two of them, each its own. */
export const SHARE_PATHS = {
  /** The share on the NFS server: its data volume. */
  directory: "/srv/factory",
  /** Who builds what: for deploying sides only. */
  leases: "leases",
  /** What is exported to whom, a file a build: /etc/exports.d of the NFS server. */
  exports: "exports",
  cache: "cache",
  /** Package archives of all builds, by their SHA-256. No image is called like this. */
  archives: "cache/_archives",
  builds: "builds",
  /** `<image>.json`: manifest of the last build whose publication was asked for. */
  released: "released",
  /** `<image>.json`: what the image's own image.yaml says is kept of it, as of its last build. */
  retention: "retention",
  /** Builds on their way out. */
  deleted: "deleted",
  buildDirectory: (image: string, build: string): string => `builds/${image}/${build}`,
  cacheDirectory: (image: string, recipe: string): string => `cache/${image}/${recipe}`,
} as const;

/** Files in a build's directory that both sides know, relative to it. */
export const BUILD_PATHS = {
  events: "events",
  logs: "logs",
  artefacts: "artefacts",
  /** The runner's sign of life. */
  heartbeat: "heartbeat.json",
  /** The build's own manifest, written when its publication has been asked for. */
  manifest: "manifest.json",
  /** Manifest of the last release, as it was when this build began. */
  lastRelease: "last-release.json",
  /** Which of its files were deleted to save space, and when. */
  pruned: "pruned.json",
} as const;

/** Files of the NFS server's own. */
export const NFS_PATHS = {
  prune: "/usr/local/lib/factory/prune.js",
  policy: "/etc/factory/retention.json",
  /** What the last pruning did. */
  state: "/var/lib/factory/prune.json",
  pruneUnit: "factory-prune.service",
} as const;
