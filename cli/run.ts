/** Runs a command line and turns whatever comes of it into an exit status and, at most, a line for each problem. */
import { appendFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { CommanderError } from "commander";
import { factoryHome } from "../config/paths";
import { unusable } from "../config/writable";
import { isExpected } from "../deployer/expected-errors";
import { Interrupted } from "../deployer/interrupted";
import { makeProgram } from "./program";
import { ExitStatus } from "./support";

/** 0 done, 1 failed, 2 wrong usage, 130 and 143 interrupted by SIGINT and SIGTERM; `factory ssh` gives the remote command's. */
export async function runCommandLine(words: readonly string[], root: string): Promise<number> {
  try {
    await makeProgram(root).parseAsync(words, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof ExitStatus) return error.status;
    // commander has said it already; help and version are no errors.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    tell(error, factoryHome(root));
    return error instanceof Interrupted ? error.exitStatus : 1;
  }
}

function tell(error: unknown, home: string): void {
  const debug = process.env["FACTORY_DEBUG"] === "1";
  if (isExpected(error) && !debug) {
    for (const line of error.message.split("\n")) process.stderr.write(`factory: ${line}\n`);
    return;
  }
  const homeless = debug ? undefined : homeProblem(error, home);
  if (homeless !== undefined) {
    process.stderr.write(`factory: ${homeless}\n`);
    return;
  }
  const detail = error instanceof Error ? detailOf(error) : String(error);
  if (debug) {
    process.stderr.write(`factory: ${detail}\n`);
    return;
  }
  const message = error instanceof Error ? error.message.split("\n")[0] : String(error);
  process.stderr.write(`factory: unexpected: ${message ?? ""} (${kept(detail, home)}; FACTORY_DEBUG=1 shows it)\n`);
}

/** What Node throws where the home can't be used, as one line; undefined for any other error. */
function homeProblem(error: unknown, home: string): string | undefined {
  const file = (error as { readonly path?: unknown } | null | undefined)?.path;
  if (typeof file !== "string") return undefined;
  if (file !== home && !file.startsWith(`${home}/`)) return undefined;
  const problem = unusable(home);
  return problem && `FACTORY_HOME: ${home} ${problem}; set it to a directory that can be written to`;
}

function detailOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by: ${detailOf(error.cause)}` : "";
  return `${error.stack ?? error.message}${cause}`;
}

/** Where the details went. */
function kept(detail: string, home: string): string {
  const file = path.join(home, "errors.log");
  if (unusable(home) !== undefined) return "its details could not be written";
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    appendFileSync(file, `${new Date().toISOString()} ${detail}\n`, { mode: 0o600 });
    return `details in ${file}`;
  } catch {
    return "its details could not be written";
  }
}
