/** A child process of a test: its output goes live to a log file, and can be waited for line by line. */
import { spawn, type ChildProcess } from "node:child_process";
import { createWriteStream, type WriteStream } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { stripVTControlCharacters } from "node:util";
import { killTree } from "./process-tree";
import { say } from "./say";

export interface CommandOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** File that gets all output, as it comes. */
  readonly log: string;
  /** How progress lines call it. */
  readonly title: string;
}

export interface CommandResult {
  /** Exit status; undefined when a signal ended it. */
  readonly code: number | undefined;
  /** Both streams as they came, without colours. */
  readonly output: string;
  readonly stdout: string;
  readonly seconds: number;
  readonly log: string;
}

export class RunningCommand {
  /** Settles when the process has ended, however it did. */
  readonly result: Promise<CommandResult>;
  readonly title: string;
  private readonly child: ChildProcess;
  private readonly log: WriteStream;
  private readonly start = performance.now();
  private text = "";
  private stdout = "";
  private ended = false;
  private readonly watchers = new Set<() => void>();

  constructor(private readonly options: CommandOptions) {
    const { program, args, env, cwd } = options;
    this.title = options.title;
    this.log = createWriteStream(options.log);
    say(`${this.title} …`);
    this.child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      const decoder = new StringDecoder("utf8");
      stream?.on("data", (chunk: Buffer) => {
        const text = decoder.write(chunk);
        if (stream === this.child.stdout) this.stdout += stripVTControlCharacters(text);
        this.take(text);
      });
    }
    this.result = this.end();
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`${this.title}: was not started`);
    return this.child.pid;
  }

  /** All output so far, without colours. */
  get output(): string {
    return this.text;
  }

  get running(): boolean {
    return !this.ended;
  }

  /**
   * The first match in the output, once it is there. Throws when the process ends, or the time is over, without one.
   * @param timeout milliseconds
   */
  waitFor(pattern: RegExp, timeout: number): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.watchers.delete(look);
        clearTimeout(timer);
      };
      const look = (): void => {
        const match = pattern.exec(this.text);
        if (match) resolve(match);
        else if (this.ended) reject(new Error(`${this.title}: ended without saying ${String(pattern)}${this.tail()}`));
        else return;
        settle();
      };
      const timer = setTimeout(() => {
        settle();
        const seconds = Math.round(timeout / 1000);
        reject(new Error(`${this.title}: did not say ${String(pattern)} within ${seconds} s${this.tail()}`));
      }, timeout);
      this.watchers.add(look);
      look();
    });
  }

  /** The result; an error with the last lines when the exit status is another than expected. */
  async expectExit(code: number): Promise<CommandResult> {
    const result = await this.result;
    if (result.code !== code)
      throw new Error(`${this.title}: exit status ${result.code ?? "none"}, expected ${code}${this.tail()}`);
    return result;
  }

  /** SIGKILL for the process and everything that it started. */
  async kill(): Promise<CommandResult> {
    if (this.running) killTree(this.pid);
    return this.result;
  }

  private async end(): Promise<CommandResult> {
    const code = await new Promise<number | undefined>((resolve, reject) => {
      this.child.on("error", reject);
      this.child.on("close", (status) => resolve(status ?? undefined));
    });
    const seconds = (performance.now() - this.start) / 1000;
    this.ended = true;
    await new Promise((resolve) => this.log.end(resolve));
    for (const look of this.watchers) look();
    say(`${this.title}: ${seconds.toFixed(0)} s, ${code === undefined ? "ended by a signal" : `exit status ${code}`}`);
    return { code, output: this.text, stdout: this.stdout, seconds, log: this.options.log };
  }

  private take(text: string): void {
    this.log.write(text);
    this.text += stripVTControlCharacters(text);
    for (const look of this.watchers) look();
  }

  private tail(): string {
    const lines = this.text
      .trimEnd()
      .split("\n")
      .slice(-12)
      .map((line) => `\n    ${line}`);
    return `; all of it is in ${this.options.log}, its last lines are:${lines.join("")}`;
  }
}
