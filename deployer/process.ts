/** Running a local program: bounded, its output collected, its failure a value. */
import { spawn, type ChildProcess } from "node:child_process";
import { Readable } from "node:stream";

export interface RunOptions {
  /** A stream's end is the input's. */
  readonly stdin?: string | Buffer | Readable | undefined;
  /** Milliseconds; the program gets SIGTERM then. @default 60000 */
  readonly timeout?: number | undefined;
  /** Added to this process' environment; undefined takes a variable out. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly cwd?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Outcome {
  /** Exit status; undefined when a signal ended it or it could not be started. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** Milliseconds that a program has to heed SIGTERM. */
const KILL_AFTER = 5000;

/** Ends a child, and with it our waiting for its output, which processes that it started may hold open for long. */
export function endChild(child: ChildProcess): void {
  child.kill("SIGTERM");
  setTimeout(() => child.kill("SIGKILL"), KILL_AFTER).unref();
  child.once("exit", () => {
    child.stdout?.destroy();
    child.stderr?.destroy();
  });
}

/** Resolves when the program has ended, however it did; rejects only when it can not be started at all or is aborted. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { stdin, timeout = 60_000, env, cwd, signal } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const child = spawn(program, args, {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ...env },
      ...(cwd !== undefined && { cwd }),
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let timedOut = false;
    const end = (): void => endChild(child);
    const timer = setTimeout(() => {
      timedOut = true;
      end();
    }, timeout);
    signal?.addEventListener("abort", end, { once: true });
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    // A program that ends without reading its input is judged by its exit status.
    child.stdin.on("error", () => undefined);
    if (stdin instanceof Readable) stdin.on("error", end).pipe(child.stdin);
    else child.stdin.end(stdin);
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
    };
    child.on("error", (error) => {
      settle();
      reject(error);
    });
    child.on("close", (code) => {
      settle();
      if (signal?.aborted) reject(signal.reason as Error);
      else {
        const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString("utf8");
        resolve({ code: code ?? undefined, stdout: text(out), stderr: text(err), timedOut });
      }
    });
  });
}

/** Like `run`, but an exit status other than 0 is an Error with the program's last words. Gives its standard output. */
export async function must(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const outcome = await run(program, args, options);
  if (outcome.code === 0) return outcome.stdout;
  const subcommand = args.find((arg) => !arg.startsWith("-")) ?? "";
  throw new Error(`${program} ${subcommand}`.trim() + `: ${lastWords(outcome, options.timeout ?? 60_000)}`);
}

/** What a failed program said last, or how it ended. */
export function lastWords(outcome: Outcome, timeout: number): string {
  if (outcome.timedOut) return `no end after ${Math.round(timeout / 1000)} s`;
  const line = outcome.stderr.trim().split("\n").at(-1)?.trim();
  if (line) return line;
  return outcome.code === undefined ? "ended by a signal" : `exit status ${outcome.code}`;
}
