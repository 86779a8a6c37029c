/** What a stage is to the runner, and the runner to a stage. */
import type { Session } from "../../openstack/session";
import type { BuildPlan } from "../../model/plan";
import type { RegionTarget } from "../../model/region";
import type { StageName } from "../../model/stages";
import type { Layout } from "./layout";
import type { StageData } from "./results";
import type { StageLog } from "./stage-log";

export interface StageContext {
  readonly plan: BuildPlan;
  readonly paths: Layout;
  /** Fires when the stage is out of time or the runner was told to stop. */
  readonly signal: AbortSignal;
  readonly log: StageLog;
  /** Tells people (and the deployer) how it goes: a `progress` event. */
  readonly progress: (message: string, data?: Readonly<Record<string, unknown>>) => void;
  /** What a stage that has succeeded in this build left for later ones; throws when it has not. */
  readonly data: <N extends keyof StageData>(stage: N) => StageData[N];
  /** The same, undefined when that stage has not succeeded. */
  readonly dataIfThere: <N extends keyof StageData>(stage: N) => StageData[N] | undefined;
  /** The APIs of a region, by the application credential in tmpfs. */
  readonly session: (target: Pick<RegionTarget, "cloud" | "region">) => Promise<Session>;
}

export interface StageResult {
  /** One line for people. */
  readonly message?: string;
  /** What later stages and reports need; goes into the `succeeded` event. */
  readonly data?: object;
  /** The stage found that there is nothing for it to do: its event is `skipped`, the message says why. */
  readonly skipped?: boolean;
  /** The build ends here as a success ("no change …"); what has not run yet is skipped with this reason. */
  readonly endsBuild?: string;
}

export interface HostStage {
  readonly name: StageName;
  run(context: StageContext): Promise<StageResult>;
  /**
   * Whether what this stage left when it last succeeded is still there and still fits what it was made from.
   * A stage without this runs again at each resume.
   */
  upToDate?(context: StageContext): Promise<boolean>;
}
