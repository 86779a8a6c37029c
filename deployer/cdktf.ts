/** Runs the cdktf command and shows what people want to see of it; all of it is kept in a log file. */
import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync, readFileSync, rmSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import path from "node:path";
import { refuseOtherPlace } from "../config/state-place";
import { statePlace } from "../model/config/state";
import { environment } from "../toolchain/lib/environment.js";
import { interestingLine, type LineMemory } from "./cdktf-output";
import type { Deployment } from "./deployment";
import { Interrupted, interruptsFor, Reached, saysAborted } from "./interrupted";
import { lockFailure } from "./states/lock-message";
import { UserError } from "./user-error";

export interface CdktfRun {
  readonly command: "deploy" | "destroy" | "diff";
  /** One stack. */
  readonly stack: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly say: (line: string) => void;
  /** Show every line. @default false */
  readonly verbose?: boolean;
}

/** cdktf's own exit status is 0 when Terraform is killed: its last word counts. */
const COMPLETED = /(Apply|Destroy) complete!|No changes\./;

/** Throws Interrupted, or a UserError that names the log file when the command fails. What failed was shown before. */
export async function cdktf(
  deployment: Deployment,
  { command, stack, env, say, verbose = false }: CdktfRun,
): Promise<void> {
  const { runs } = deployment.home;
  refuseOtherPlace(deployment.home.directory, deployment.config.state, deployment.configFile);
  mkdirSync(runs, { recursive: true });
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+Z/g, "");
  // An output of its own: two deploys from one checkout must not write the same files.
  const output = path.join(runs, `${stack}-${command}-${stamp}-${process.pid}`);
  const logFile = `${output}.log`;
  const log = createWriteStream(logFile);
  const approve = command === "diff" ? [] : ["--auto-approve"];
  const child = spawn(process.execPath, [cdktfProgram(), command, stack, ...approve, "--output", output], {
    cwd: deployment.root,
    env: { ...process.env, ...(await surroundings()), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const seen = { completed: false };
  const reached = new Reached();
  // cdktf passes an interrupt on to Terraform, which ends in order; we wait for that.
  const interrupts = interruptsFor(child);
  const memory: LineMemory = { error: "none" };
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        let rest = "";
        stream.setEncoding("utf8").on("data", (chunk: string) => {
          log.write(chunk);
          const lines = (rest + chunk).split(/\r?\n/);
          rest = lines.pop() ?? "";
          for (const line of lines) {
            seen.completed ||= COMPLETED.test(line);
            reached.note(line);
            const text = interestingLine(line, stack, { verbose, memory });
            if (text !== undefined && !(interrupts.signal && saysAborted(text))) say(text);
          }
        });
      }
      child.on("error", reject);
      child.on("close", resolve);
    });
    if (interrupts.signal) throw new Interrupted(reached.text(`cdktf ${command} ${stack}`), interrupts.signal);
    if (code !== 0 && memory.lock) {
      throw new UserError(lockFailure(statePlace(deployment.config.state).kind, stack, memory.lock));
    }
    if (code !== 0) throw new UserError(`cdktf ${command} ${stack}: failed (all of its output: ${logFile})`);
    if (!seen.completed) {
      throw new UserError(
        `cdktf ${command} ${stack}: Terraform ended before it was done (all of its output: ${logFile}); run it again`,
      );
    }
    rmSync(output, { recursive: true, force: true });
  } finally {
    interrupts.end();
    log.end();
  }
}

/** The program of the cdktf command, as its package tells. */
export function cdktfProgram(): string {
  const manifest = require.resolve("cdktf-cli/package.json");
  const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly bin: { readonly cdktf: string } };
  return path.join(path.dirname(manifest), bin.cdktf);
}

/** What cdktf and Terraform need, whatever the shell has set. */
async function surroundings(): Promise<Record<string, string | undefined>> {
  const plain = { NO_COLOR: "1", FORCE_COLOR: "0", CI: "1", TF_PLUGIN_CACHE_DIR: undefined };
  // What a database says of the lock's holder.
  const PGAPPNAME = `factory ${userInfo().username}@${hostname()}`;
  // Provisioners call `node`: this one.
  const PATH = [path.dirname(process.execPath), process.env["PATH"]].join(path.delimiter);
  try {
    return { ...(await environment()), ...plain, PATH, PGAPPNAME };
  } catch (error) {
    throw new UserError((error as Error).message, { cause: error });
  }
}
