/** Programs from the Python package index that judge what the factory made; each in an environment of its own. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { cacheDir } from "../../toolchain/lib/paths.js";
import { say } from "./say";

const run = promisify(execFile);

/** A program of this exact version: installed into the user's cache by the first who asks. Returns its path. */
export async function pythonTool(name: string, version: string): Promise<string> {
  return path.join(await environment(`${name}-${version}`, [`${name}==${version}`]), "bin", name);
}

/** An interpreter that has these packages, each `name==version`, under a name of its own. Returns its path. */
export async function pythonWith(name: string, requirements: readonly string[]): Promise<string> {
  const digest = createHash("sha256").update(requirements.join("\n")).digest("hex").slice(0, 12);
  return path.join(await environment(`${name}-${digest}`, requirements), "bin", "python");
}

async function environment(name: string, requirements: readonly string[]): Promise<string> {
  const folder = path.join(cacheDir(), "python", name);
  const whole = path.join(folder, "installed");
  if (!existsSync(whole)) {
    say(`installing ${requirements.join(", ")}`);
    rmSync(folder, { recursive: true, force: true });
    await run("python3", ["-m", "venv", folder]);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...requirements];
    await run(path.join(folder, "bin", "python"), pip, { timeout: 15 * 60_000 });
    writeFileSync(whole, "");
  }
  return folder;
}
