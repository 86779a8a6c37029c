/** The runner as one JavaScript file for the Node that the build host's distribution has. */
import { createHash } from "node:crypto";
import { must } from "./process";

/** Debian 12's. */
const NODE_ON_HOST = "node18";

export interface RunnerBundle {
  readonly code: string;
  readonly sha256: string;
}

/** Bundles stages/runner.ts of this checkout, or another program of it. */
export async function bundleRunner(root: string, program = "stages/runner.ts"): Promise<RunnerBundle> {
  const esbuild = require.resolve("esbuild/bin/esbuild");
  const args = [program, "--bundle", "--platform=node", `--target=${NODE_ON_HOST}`, "--format=cjs"];
  // Run as a program: esbuild is a native one anyway, and this way there is nothing of it in our own process.
  const code = await must(esbuild, [...args, "--legal-comments=none", "--log-level=error"], { cwd: root });
  return { code, sha256: createHash("sha256").update(code).digest("hex") };
}
