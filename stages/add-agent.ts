/** Stage 3: the build host becomes ours: its keys are pinned, it gets runner, plan, recipes, credentials. On the deploying side. */
import { isWhole, selectionText, type StageSelection } from "../model/stage-selection";
import type { StageResult } from "./lib/stage";

/**
 * - `running`: a deploy before this one started it, and it has gone on since
 * - `finished`: all its stages are done
 * - `idle`: not started yet, or ended before its end
 */
export type RunnerState = "running" | "finished" | "idle";

export interface StartedRunner {
  /** Of the recipes. */
  readonly commit: string;
  readonly dirty: boolean;
  /** SHA-256 of its bundle. */
  readonly runner: string;
  /** What was asked for; a resume goes by it too. */
  readonly options: Readonly<Record<"force" | "skipPublish" | "debug", boolean>>;
  /** The part of the build that it was started for. */
  readonly selection: StageSelection;
}

export interface AddAgentEffects {
  /** Reaches the host by its pinned keys and waits for the end of its first boot. */
  connect(): Promise<void>;
  runnerState(): Promise<RunnerState>;
  /** Hands over what the runner needs and starts it. */
  start(): Promise<StartedRunner>;
}

export interface AddAgentResult extends StageResult {
  readonly state: RunnerState;
}

/** `state` is what was found: an idle runner has been started when this returns. */
export async function addAgent(effects: AddAgentEffects): Promise<AddAgentResult> {
  await effects.connect();
  const state = await effects.runnerState();
  if (state === "finished") return { state, message: "the stages on the host are all done" };
  if (state === "running") return { state, message: "the runner is at work: following it" };
  const { commit, dirty, runner, options, selection } = await effects.start();
  const what = `recipes of commit ${commit.slice(0, 12)}${dirty ? " (with changes that are not committed)" : ""}`;
  return {
    state,
    message: `runner started with ${what}${isWhole(selection) ? "" : `: ${selectionText(selection)}`}`,
    data: { commit, dirty, runner, options, selection },
  };
}
