/** Runs a program: bounded in time, input by standard input, output whole. */
import { execFile } from "node:child_process";

export interface CommandOptions {
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds. @default 60000 */
  readonly timeout?: number;
}

/** What it wrote to standard output. Throws one line when it fails: its error, or the end of what it said. */
export function command(program: string, args: readonly string[], options: CommandOptions = {}): Promise<Buffer> {
  const { input, env, timeout = 60_000 } = options;
  return new Promise((resolve, reject) => {
    const settings = {
      encoding: "buffer",
      maxBuffer: 64 * 1024 * 1024,
      timeout,
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"], LC_ALL: "C", ...env },
    } as const;
    const child = execFile(program, args, settings, (error, stdout, stderr) => {
      if (!error) {
        resolve(stdout);
        return;
      }
      const lines = stderr.toString().trim().split("\n");
      // git's last line is advice.
      const said = lines.find((line) => /^(fatal|error): /.test(line)) ?? lines.at(-1) ?? "";
      reject(new Error(`${program}: ${said === "" ? error.message : said}`, { cause: error }));
    });
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}
