/** Where everything of one build lies on the build host and on the NFS share. */
import path from "node:path";
import { recipeName, SHARED_DIRECTORY } from "../../model/image/recipe-name";
import { BUILD_PATHS, HOST_PATHS, type BuildPlan } from "../../model/plan";
import { stageInfo, type StageName } from "../../model/stages";

export interface Layout {
  /** NFS: the build's directory, and in it what people and later stages read. */
  readonly build: string;
  readonly events: string;
  readonly hostEvents: string;
  readonly logs: string;
  readonly artefacts: string;
  readonly lastRelease: string;
  readonly manifest: string;
  readonly heartbeat: string;
  /** NFS: shared by all builds of the same recipe. */
  readonly cache: string;
  /** NFS: package archives of all builds. */
  readonly archives: string;
  /** Scratch volume: this build's own directory (the build's id is in it: loop devices are common to all containers). */
  readonly scratch: string;
  readonly checkout: string;
  /** The recipe inside the checkout. */
  readonly recipe: string;
  /** What all recipes of its builder share, in the checkout; need not be there. */
  readonly sharedRecipe: string;
  readonly work: string;
  /** Artefacts as they were made. Hashes and signatures are taken from these, the share holds copies. */
  readonly local: string;
  /** tmpfs */
  readonly secrets: string;
  readonly credentials: string;
  readonly gnupg: string;
  readonly agentSocket: string;
  readonly testSecrets: string;
  readonly stopNote: string;
  /** Files that attach brought. */
  readonly recipesBundle: string;
}

/** The layout of a plan's build. `root` is put before every path (tests; else empty). */
export function layout(plan: Pick<BuildPlan, "build" | "image">, root = ""): Layout {
  const at = (...parts: string[]): string => path.join(root === "" ? "/" : root, ...parts);
  const share = (...parts: string[]): string => at(HOST_PATHS.build, ...parts);
  const { build, image } = plan;
  const scratch = at(HOST_PATHS.scratch, build);
  const checkout = path.join(scratch, "checkout");
  return {
    build: share(),
    events: share(BUILD_PATHS.events),
    hostEvents: share(BUILD_PATHS.events, "host.jsonl"),
    logs: share(BUILD_PATHS.logs),
    artefacts: share(BUILD_PATHS.artefacts),
    lastRelease: share(BUILD_PATHS.lastRelease),
    manifest: share(BUILD_PATHS.manifest),
    heartbeat: share(BUILD_PATHS.heartbeat),
    cache: at(HOST_PATHS.cache),
    archives: at(HOST_PATHS.archives),
    scratch,
    checkout,
    recipe: path.join(checkout, "images", recipeName(image)),
    sharedRecipe: path.join(checkout, "images", SHARED_DIRECTORY[image.builder]),
    work: path.join(scratch, "work"),
    local: path.join(scratch, "artefacts"),
    secrets: at(HOST_PATHS.secrets),
    credentials: at(HOST_PATHS.credentials),
    gnupg: at(HOST_PATHS.secrets, "gnupg"),
    agentSocket: at(HOST_PATHS.agentSocket),
    testSecrets: at(HOST_PATHS.secrets, "test"),
    stopNote: at(HOST_PATHS.stopNote),
    recipesBundle: at(HOST_PATHS.recipes),
  };
}

/** Name of a stage's log file: `07-build-image.log`. */
export function logName(stage: StageName): string {
  return `${String(stageInfo(stage).number).padStart(2, "0")}-${stage}.log`;
}
