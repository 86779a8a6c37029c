/** Programs from the Python package index that judge what the factory made; each in an environment of its own. */
import { execFile } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { cacheDir } from "../../toolchain/lib/paths.js";
import { say } from "./say";

const run = promisify(execFile);

/** A program of this exact version: installed into the user's cache by the first who asks. Returns its path. */
export async function pythonTool(name: string, version: string): Promise<string> {
  const folder = path.join(cacheDir(), "python", `${name}-${version}`);
  const whole = path.join(folder, "installed");
  if (!existsSync(whole)) {
    say(`installing ${name} ${version}`);
    rmSync(folder, { recursive: true, force: true });
    await run("python3", ["-m", "venv", folder]);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `${name}==${version}`];
    await run(path.join(folder, "bin", "python"), pip, { timeout: 15 * 60_000 });
    writeFileSync(whole, "");
  }
  return path.join(folder, "bin", name);
}
