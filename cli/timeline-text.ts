/** A build's stages as bars over time, in 80 columns of plain characters. Pure. */
import type { ShownBuild } from "../deployer/builds";
import { duration } from "../deployer/table";
import { busyPeriods, type Period, type StageRun, type Timeline, type TimelineStage } from "../model/build-timeline";
import { isHostStage } from "../model/build-progress";
import { STAGES } from "../model/stages";
import { stateText } from "./build-list-text";
import { wrapped } from "./status-text";

const WIDTH = 80;
const NAME = Math.max(...STAGES.map(({ name }) => name.length));
const STATE = "succeeded".length;
const TOOK = "59 min 59 s".length;
/** Columns left of the bars. */
const HEAD = 2 + 1 + NAME + 1 + STATE + 1 + TOOK + 1;
const BAR = WIDTH - HEAD;

/** Seconds without a sign of life after which it is worth a word; a runner gives one every 20 s. */
const SILENT = 60;

export function timelineLines(shown: ShownBuild): string[] {
  const { build, started, timeline } = shown;
  const head = `build ${build}: ${endText(shown)}`;
  if (timeline.runs.length === 0) return [head, "nothing is known of its stages"];
  const total = duration(timeline.working);
  return [
    head,
    ...(started === undefined ? [] : [`started ${started.slice(0, 16).replace("T", " ")} UTC${aliveText(shown)}`]),
    "",
    `${" #".padEnd(3)}${"STAGE".padEnd(NAME + 1)}${"STATE".padEnd(STATE + 1)}${"TOOK".padStart(TOOK)} 0${total.padStart(BAR - 1)}`,
    ...timeline.stages.map((stage) => stageRow(stage, timeline)),
    "",
    ...legend(timeline),
    ...sums(timeline),
    ...remarks(timeline.stages),
  ];
}

/** Of one that ended without an image also where it stopped, and by whom. */
function endText(shown: ShownBuild): string {
  const { state, good, stage, cancelledBy } = shown;
  if (state !== "ended" || good) return stateText(shown);
  const where = stage === "" ? "" : ` at ${stage}`;
  return `${stateText(shown)}${cancelledBy === undefined ? "" : ` by ${cancelledBy}`}${where}`;
}

function aliveText({ state, stages, silentSeconds }: ShownBuild): string {
  const begun = stages.some((stage) => isHostStage(stage) && stage.state !== "waiting");
  if (state !== "running" || !begun) return "";
  if (silentSeconds === undefined) return "; its runner gives no sign of life";
  return silentSeconds > SILENT ? `; no sign of life for ${duration(silentSeconds)}` : "; its runner is at work";
}

const WORDS: Readonly<Partial<Record<TimelineStage["state"], string>>> = { started: "running", progress: "running" };

function stageRow(stage: TimelineStage, timeline: Timeline): string {
  const { name, number, state, seconds } = stage;
  const ran = timeline.runs.some((run) => run.name === name);
  const took = ran ? duration(seconds) : "";
  const head = `${String(number).padStart(2)} ${name.padEnd(NAME)} ${(WORDS[state] ?? state).padEnd(STATE)} ${took.padStart(TOOK)} `;
  return `${head}${bar(stage, timeline)}`.trimEnd();
}

/** The tries of a stage. Pauses of the whole build are left out, so that a build resumed the next day can be drawn. */
function bar({ name, critical }: TimelineStage, { runs }: Timeline): string {
  const periods = busyPeriods(runs);
  const whole = periods.reduce((sum, { from, to }) => sum + to - from, 0);
  const cells = Array.from({ length: BAR }, () => " ");
  for (const run of runs.filter((one) => one.name === name)) {
    const column = (time: number): number => (whole === 0 ? 0 : (worked(periods, time) / whole) * BAR);
    const from = Math.min(BAR - 1, Math.floor(column(run.from)));
    const to = Math.max(from + 1, Math.floor(column(run.to)));
    cells.fill(mark(run, critical), from, to);
  }
  return cells.join("");
}

function mark({ state }: StageRun, critical: boolean): string {
  if (state === "failed") return "x";
  if (state === "started") return ">";
  return critical ? "#" : "=";
}

/** Milliseconds of work before a point in time. */
function worked(periods: readonly Period[], time: number): number {
  return periods.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, time) - from), 0);
}

function legend({ stages, runs }: Timeline): string[] {
  const has = (state: StageRun["state"]): boolean => runs.some((run) => run.state === state);
  const marks = [
    stages.some(({ critical }) => critical) ? "# on the critical path" : "",
    runs.some(
      (run) =>
        mark(
          run,
          stages.some((one) => one.name === run.name && one.critical),
        ) === "=",
    )
      ? "= beside it"
      : "",
    has("failed") ? "x failed" : "",
    has("started") ? "> running" : "",
  ];
  return [marks.filter((text) => text !== "").join("   ")];
}

function sums({ stages, sum, criticalPath, idle }: Timeline): string[] {
  const numbers = criticalPath.stages.map((name) => stages.find((stage) => stage.name === name)?.number ?? "");
  const saved = sum - criticalPath.seconds;
  return [
    `critical path  ${duration(criticalPath.seconds)} (stages ${numbers.join(" ")})`,
    `all stages     ${duration(sum)}${saved >= 1 ? `: working side by side saves ${duration(saved)}` : ""}`,
    ...(idle >= 1 ? [`pauses         ${duration(idle)} in which nobody had resumed it: not drawn`] : []),
  ];
}

/** What failed stages say, and why stages were left out: each reason once. */
function remarks(stages: readonly TimelineStage[]): string[] {
  const failed = stages.filter(({ state, message }) => state === "failed" && message !== undefined);
  const skipped = new Map<string, number[]>();
  for (const { state, message, number } of stages) {
    if (state === "skipped" && message !== undefined) skipped.set(message, [...(skipped.get(message) ?? []), number]);
  }
  const lines = [
    ...failed.flatMap(({ number, message }) => wrapped(`${number} failed: `, message ?? "", WIDTH)),
    ...[...skipped].flatMap(([message, numbers]) => wrapped(`${numbers.join(" ")} skipped: `, message, WIDTH)),
  ];
  return lines.length === 0 ? [] : ["", ...lines];
}
