/** Runs stages 8 and 9 for an image that is there already, as the runner would. Bundled, and run on a build host. */
import { readFileSync } from "node:fs";
import type { BuildPlan } from "../../../model/plan";
import { stage as register } from "../../../stages/register";
import { stage as test } from "../../../stages/test";
import { makeContext } from "../../../stages/lib/context";
import { oneLine, StageError } from "../../../stages/lib/errors";
import { layout } from "../../../stages/lib/layout";
import type { HostStage } from "../../../stages/lib/stage";
import { openStageLog } from "../../../stages/lib/stage-log";

export interface Order {
  readonly plan: BuildPlan;
  /** Put before every path. */
  readonly root: string;
  /** What earlier stages left. */
  readonly data: Readonly<Record<string, object>>;
}

export interface Answer {
  readonly ok: boolean;
  readonly message: string;
  readonly failureClass?: string;
  readonly data?: object;
}

const { plan, root, data } = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as Order;
const paths = layout(plan, root);
const known: Record<string, object> = { ...data };

async function run(stage: HostStage): Promise<string> {
  const log = openStageLog(`${paths.logs}/${stage.name}.log`);
  const context = makeContext(plan, paths, stage.name, {
    signal: new AbortController().signal,
    log,
    progress: (message) => void process.stderr.write(`${message}\n`),
    dataOf: (name) => known[name],
  });
  try {
    const result = await stage.run(context);
    known[stage.name] = result.data ?? {};
    return result.message ?? "";
  } finally {
    await log.flush();
  }
}

async function answer(): Promise<Answer> {
  try {
    await run(register);
    return { ok: true, message: await run(test), data: known["test"] };
  } catch (error) {
    const failureClass = error instanceof StageError ? String(error.data?.["failureClass"]) : "infrastructure";
    return { ok: false, message: oneLine(error), failureClass };
  }
}

void answer().then((said) => process.stdout.write(`${JSON.stringify(said)}\n`));
