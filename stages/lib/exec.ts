/** Runs programs: live log, timeout, abort of the whole process group, no shell. */
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { abortError, StageError } from "./errors";
import { lineSplitter } from "./lines";

/** How long a group may take to end after SIGTERM before SIGKILL, milliseconds. */
const GRACE = 5000;
/** How long a program that has ended may be silent until its output is closed, milliseconds: a daemon may hold it. */
const DRAIN = 3000;
/** How much of a program's output is kept for the caller, characters; the log gets all. */
const KEPT = 4 * 1024 * 1024;
/** The PATH of everything that we run: the system's own, nobody's private Python in it. */
export const CLEAN_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export interface ExecOptions {
  readonly cwd?: string;
  /** The whole environment. Default: {@link baseEnvironment}. Secrets never go into `args`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Given to the program's standard input; default: nothing. */
  readonly input?: string | Buffer | Readable;
  /** Standard output goes into this file instead of the result and the log. */
  readonly outputFile?: string;
  readonly signal?: AbortSignal;
  /** Seconds. */
  readonly timeout?: number;
  /** Gets each line of both outputs as it comes. */
  readonly log?: (line: string) => void;
  /** Whether standard output is logged too; default true. */
  readonly logOutput?: boolean;
  /** Exit codes that are no failure; default [0]. */
  readonly accept?: readonly number[];
}

export interface ExecResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that ended as it should not; the message is one line with its last words. */
export class CommandError extends StageError {
  constructor(
    message: string,
    readonly code: number | undefined,
    readonly stdout: string,
    readonly stderr: string,
  ) {
    super(message);
  }
}

/** The environment that programs get: nothing of ours but what every program needs. */
export function baseEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { PATH: CLEAN_PATH, HOME: "/root", LANG: "C.UTF-8", LC_ALL: "C.UTF-8", ...extra };
}

/** Ends a process group: SIGTERM, then SIGKILL. */
function endGroup(pid: number): NodeJS.Timeout {
  const kill = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-pid, signal);
    } catch {
      // Gone already.
    }
  };
  kill("SIGTERM");
  return setTimeout(() => kill("SIGKILL"), GRACE);
}

/** Closes the streams once nothing has come for a while. */
function endWhenSilent(streams: readonly (Readable | null)[]): NodeJS.Timeout {
  const timer = setTimeout(() => streams.forEach((stream) => stream?.destroy()), DRAIN);
  streams.forEach((stream) => stream?.on("data", () => timer.refresh()));
  return timer;
}

/** A string or a buffer in one piece: a pipeline would take it apart. */
function inputOf({ input = "" }: Pick<ExecOptions, "input">): Readable {
  return typeof input === "string" || Buffer.isBuffer(input) ? Readable.from(input, { objectMode: false }) : input;
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1)?.trim().slice(0, 300) ?? "";

/**
 * Runs a program to its end. Throws a {@link CommandError} for an exit code that is not accepted, and the abort's
 * reason when `signal` fires; the program and all its children are gone then.
 */
export async function exec(command: string, args: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
  const { signal, log, accept = [0] } = options;
  if (signal?.aborted) throw abortError(signal);
  const child = spawn(command, args, {
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    env: { ...(options.env ?? baseEnvironment()) },
    stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    detached: true,
  });

  let stopped: Error | undefined;
  const timers: NodeJS.Timeout[] = [];
  const stop = (reason: Error): void => {
    if (stopped || child.pid === undefined) return;
    stopped = reason;
    timers.push(endGroup(child.pid));
  };
  const onAbort = (): void => stop(signal ? abortError(signal) : new StageError("aborted"));
  signal?.addEventListener("abort", onAbort, { once: true });
  if (options.timeout !== undefined) {
    const late = new StageError(`${command}: took longer than ${options.timeout} s and was ended`);
    timers.push(setTimeout(() => stop(late), options.timeout * 1000));
  }

  const kept = { stdout: "", stderr: "" };
  const collect = (stream: Readable, name: "stdout" | "stderr", logged: boolean): void => {
    const lines = lineSplitter((line) => logged && log?.(line));
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
      kept[name] = (kept[name] + chunk).slice(-KEPT);
      lines.write(chunk);
    });
    stream.on("end", () => lines.end());
  };
  const work: Promise<unknown>[] = [];
  if (options.outputFile !== undefined && child.stdout) {
    work.push(pipeline(child.stdout, createWriteStream(options.outputFile)));
  } else if (child.stdout) {
    collect(child.stdout, "stdout", options.logOutput ?? true);
  }
  if (child.stderr) collect(child.stderr, "stderr", true);
  // A program that ends without reading all of its input is judged by its exit code, not by the broken pipe.
  if (child.stdin) work.push(pipeline(inputOf(options), child.stdin).catch(() => undefined));

  try {
    const ended = new Promise<{ code: number | null; by: string | null }>((resolve, reject) => {
      child.on("error", (error: NodeJS.ErrnoException) =>
        reject(error.code === "ENOENT" ? new StageError(`${command}: not installed on this host`) : error),
      );
      child.on("exit", () => {
        if (options.outputFile === undefined) timers.push(endWhenSilent([child.stdout, child.stderr]));
      });
      child.on("close", (code, by) => resolve({ code, by }));
    });
    const [{ code, by }] = await Promise.all([ended, ...work]);
    if (stopped) throw stopped;
    if (code === null || !accept.includes(code)) {
      const how = code === null ? `was ended by ${by ?? "a signal"}` : `exited with ${code}`;
      const words = lastLine(kept.stderr) || lastLine(kept.stdout);
      const message = `${command} ${how}${words === "" ? "" : `: ${words}`}`;
      throw new CommandError(message, code ?? undefined, kept.stdout, kept.stderr);
    }
    return { code, ...kept };
  } finally {
    signal?.removeEventListener("abort", onAbort);
    timers.forEach(clearTimeout);
  }
}
