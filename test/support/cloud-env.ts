/** The environment that the local cloud and the toolchain ask for, as a user's shell would have it. */
import { execFileSync } from "node:child_process";
import { ROOT } from "./paths";

/** `eval "$(cloud/env …)"` in a shell, and what that shell's environment is then. Throws with what cloud/env says. */
export function cloudEnv(...args: readonly string[]): NodeJS.ProcessEnv {
  const script = 'set -e; exports=$(cloud/env "$@"); eval "$exports"; env -0';
  try {
    const text = execFileSync("bash", ["-c", script, "bash", ...args], {
      cwd: ROOT,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    return parseEnvironment(text);
  } catch (error) {
    const { stderr } = error as { readonly stderr?: string };
    throw new Error(`cloud/env ${args.join(" ")}: ${stderr?.trim() ?? String(error)}`, { cause: error });
  }
}

/** The variables in what `env -0` prints. */
export function parseEnvironment(text: string): NodeJS.ProcessEnv {
  const entries = text.split("\0").filter((entry) => entry.includes("="));
  return Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]),
  );
}
