/** Where everything of one build lies on the build host and on the NFS share. */
import path from "node:path";
import { HOST_PATHS, SHARE_PATHS, type BuildPlan } from "../../model/plan";
import { stageInfo, type StageName } from "../../model/stages";

export interface Layout {
  /** NFS: the build's directory, and in it what people and later stages read. */
  readonly build: string;
  readonly events: string;
  readonly hostEvents: string;
  readonly logs: string;
  readonly artefacts: string;
  /** NFS: shared by all builds. */
  readonly cache: string;
  readonly released: string;
  readonly heartbeat: string;
  /** Scratch volume: this build's own directory (the build's id is in it: loop devices are common to all containers). */
  readonly scratch: string;
  readonly checkout: string;
  /** The recipe inside the checkout. */
  readonly recipe: string;
  readonly work: string;
  /** Artefacts as they were made. Hashes and signatures are taken from these, the share holds copies. */
  readonly local: string;
  /** tmpfs */
  readonly secrets: string;
  readonly credentials: string;
  readonly gnupg: string;
  readonly agentSocket: string;
  readonly testSecrets: string;
  /** Files that attach brought. */
  readonly recipesBundle: string;
}

/** The layout of a plan's build. `root` is put before every path (tests; else empty). */
export function layout(plan: Pick<BuildPlan, "build" | "image">, root = ""): Layout {
  const at = (...parts: string[]): string => path.join(root === "" ? "/" : root, ...parts);
  const share = (...parts: string[]): string => at(HOST_PATHS.share, ...parts);
  const { build, image } = plan;
  const directory = share(SHARE_PATHS.buildDirectory(image.name, build));
  const scratch = at(HOST_PATHS.scratch, build);
  const checkout = path.join(scratch, "checkout");
  return {
    build: directory,
    events: path.join(directory, "events"),
    hostEvents: path.join(directory, "events", "host.jsonl"),
    logs: path.join(directory, "logs"),
    artefacts: path.join(directory, "artefacts"),
    cache: share(SHARE_PATHS.cache),
    released: share(SHARE_PATHS.released, `${image.name}.json`),
    heartbeat: share(SHARE_PATHS.leases, `${image.name}.host.json`),
    scratch,
    checkout,
    recipe: path.join(checkout, "images", image.name),
    work: path.join(scratch, "work"),
    local: path.join(scratch, "artefacts"),
    secrets: at(HOST_PATHS.secrets),
    credentials: at(HOST_PATHS.credentials),
    gnupg: at(HOST_PATHS.secrets, "gnupg"),
    agentSocket: at(HOST_PATHS.agentSocket),
    testSecrets: at(HOST_PATHS.secrets, "test"),
    recipesBundle: at(HOST_PATHS.recipes),
  };
}

/** Name of a stage's log file: `07-build-image.log`. */
export function logName(stage: StageName): string {
  return `${String(stageInfo(stage).number).padStart(2, "0")}-${stage}.log`;
}
