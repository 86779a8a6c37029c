/** The runner's command line. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { eventLine, stageStatuses } from "../../model/events";
import { HOST_PATHS } from "../../model/plan";
import { afterRun } from "./after";
import { readPlan } from "./context";
import { sha256 } from "./digests";
import { oneLine, UsageError } from "./errors";
import { readAllEvents } from "./event-log";
import { followBuild } from "./follow";
import { layout } from "./layout";
import { runPlan } from "./run-plan";
import type { HostStage } from "./stage";
import { stopSignal } from "./stop-signal";

const HELP = `Runs a build's stages on its build host.

usage: runner.js COMMAND [--root DIR]

  run      runs the stages, resuming where an earlier run ended
  after    tidies up behind a run, however it ended (ExecStopPost of the unit)
  follow   prints the build's events as JSON lines, from the first on, until the unit has ended
  status   prints the state of every stage

  --root DIR   put before every path (for tests)

exit codes: 0 done, 1 a stage failed, 2 wrong usage
`;

type Command = (root: string, stages: readonly HostStage[]) => Promise<number>;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const COMMANDS: Readonly<Record<string, Command>> = { run, after, follow, status };

/** Runs a command; the exit code is for the process. Errors are one line on standard error. */
export async function main(args: readonly string[], stages: readonly HostStage[]): Promise<number> {
  try {
    const { command, root } = parseArguments(args);
    if (command === "help") {
      process.stdout.write(HELP);
      return 0;
    }
    const work = COMMANDS[command];
    if (!work) throw new UsageError(`unknown command "${command}"; one of ${Object.keys(COMMANDS).join(", ")}`);
    return await work(root, stages);
  } catch (error) {
    process.stderr.write(`runner: ${oneLine(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** Pure: what was asked for. Throws a UsageError. */
export function parseArguments(args: readonly string[]): { readonly command: string; readonly root: string } {
  const rest = [...args];
  let root = "";
  let command: string | undefined;
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === "--help" || arg === "-h") return { command: "help", root };
    if (arg === "--root") {
      const value = rest.shift();
      if (value === undefined) throw new UsageError("--root needs a directory");
      root = value;
    } else if (arg.startsWith("-")) throw new UsageError(`unknown option "${arg}"; see --help`);
    else if (command !== undefined) throw new UsageError(`one command only, not "${command}" and "${arg}"`);
    else command = arg;
  }
  if (command === undefined) throw new UsageError(`no command; one of ${Object.keys(COMMANDS).join(", ")}`);
  return { command, root };
}

const planFile = (root: string): string => path.join(root === "" ? "/" : root, HOST_PATHS.plan);

async function run(root: string, implementations: readonly HostStage[]): Promise<number> {
  const plan = await readPlan(planFile(root));
  const runner = sha256(await readFile(__filename));
  return runPlan({ plan, paths: layout(plan, root), implementations, runner, print });
}

async function after(root: string): Promise<number> {
  const plan = await readPlan(planFile(root));
  return (await afterRun(plan, layout(plan, root), print)) ? 0 : 1;
}

async function follow(root: string): Promise<number> {
  const plan = await readPlan(planFile(root));
  await followBuild({ file: layout(plan, root).hostEvents, print, signal: stopSignal().signal });
  return 0;
}

async function status(root: string): Promise<number> {
  const plan = await readPlan(planFile(root));
  const paths = layout(plan, root);
  const events = await readAllEvents(paths.events);
  const start = events[0]?.time;
  for (const { name, number, state, message, seconds, started } of stageStatuses(events)) {
    if (state === "waiting" || start === undefined)
      print(`            ${String(number).padStart(2)} ${name.padEnd(19)} waiting`);
    else {
      const event = { time: started ?? start, build: plan.build, stage: name, state } as const;
      print(
        eventLine(
          { ...event, ...(message !== undefined && { message }), ...(seconds !== undefined && { seconds }) },
          start,
        ),
      );
    }
  }
  return 0;
}
