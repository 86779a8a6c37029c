/** Follows a build: its events as they come, then how the unit ended. */
import { open } from "node:fs/promises";
import { HOST_PATHS } from "../../model/plan";
import { exec } from "./exec";
import { exists } from "./files";
import { lineSplitter } from "./lines";
import { sleep } from "./wait";

/** Seconds between two looks at the events and at the unit. */
const EVENTS_EVERY = 0.5;
const UNIT_EVERY = 2;

export interface UnitState {
  readonly active: boolean;
  /** systemd's word: success, exit-code, signal, timeout, … */
  readonly result: string;
  /** The main process' exit code or signal number. */
  readonly status: number;
  /** systemd's id of the last start; empty when the unit never ran. */
  readonly invocation: string;
}

/** Pure: the unit's state from `systemctl show`. A job that waits for its turn counts as active. */
export function parseUnitState(text: string): UnitState {
  const fields = new Map(
    text.split("\n").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  const get = (name: string): string => fields.get(name)?.trim() ?? "";
  return {
    active: !["inactive", "failed"].includes(get("ActiveState")) || !["", "0"].includes(get("Job")),
    result: get("Result"),
    status: Number(get("ExecMainStatus") || 0),
    invocation: get("InvocationID"),
  };
}

async function unitState(signal: AbortSignal): Promise<UnitState> {
  const properties = ["ActiveState", "Result", "ExecMainStatus", "InvocationID", "Job"].flatMap((name) => ["-p", name]);
  const { stdout } = await exec("systemctl", ["show", HOST_PATHS.unit, ...properties], { signal });
  return parseUnitState(stdout);
}

export interface FollowOptions {
  readonly file: string;
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
  /** @default asks systemd */
  readonly unit?: (signal: AbortSignal) => Promise<UnitState>;
}

/** Prints every line of the events' file from its beginning, until the unit has ended; then {"unit": …}. */
export async function followBuild(options: FollowOptions): Promise<void> {
  const { file, print, signal, unit = unitState } = options;
  let position = 0;
  const lines = lineSplitter(print);
  const printNew = async (): Promise<void> => {
    if (!(await exists(file))) return;
    const handle = await open(file, "r");
    try {
      const { size } = await handle.stat();
      // Whole lines only: a crash's cut-off line is taken away when the file is opened for writing again.
      const buffer = Buffer.alloc(Math.max(0, size - position));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
      const whole = buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1;
      position += whole;
      lines.write(buffer.subarray(0, whole).toString("utf8"));
    } finally {
      await handle.close();
    }
  };
  for (let next = 0; ;) {
    // The unit first: what it wrote before it ended is printed below.
    const state = Date.now() >= next ? await unit(signal) : undefined;
    if (state) next = Date.now() + UNIT_EVERY * 1000;
    await printNew();
    if (state && !state.active) {
      print(JSON.stringify({ unit: state }));
      return;
    }
    await sleep(EVENTS_EVERY, signal);
  }
}
