/** Stage 5: what the builder needs is on the host; only what is missing gets installed. */
import { access, constants } from "node:fs/promises";
import path from "node:path";
import { hostTools, type HostTool } from "./lib/builders";
import { CLEAN_PATH, baseEnvironment, exec } from "./lib/exec";
import type { ConfigureHostData } from "./lib/results";
import type { HostStage, StageContext } from "./lib/stage";

/** Seconds that apt waits for another apt (the host may still be busy with its first boot). */
const LOCK_WAIT = 300;

export const stage: HostStage = {
  name: "configure-host",
  async run(context) {
    const tools = hostTools(context.plan.image);
    const missing = [...new Set((await missingTools(tools)).map((tool) => tool.package))];
    if (missing.length > 0) await install(missing, context);
    const data: ConfigureHostData = { versions: await versions(tools, context.signal) };
    return { message: missing.length > 0 ? `installed ${missing.join(", ")}` : "nothing was missing", data };
  },
};

async function missingTools(tools: readonly HostTool[]): Promise<HostTool[]> {
  const there = await Promise.all(tools.map(async ({ command }) => onPath(command)));
  return tools.filter((_, index) => !there[index]);
}

async function onPath(command: string): Promise<boolean> {
  for (const directory of CLEAN_PATH.split(":")) {
    const found = await access(path.join(directory, command), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}

async function install(packages: readonly string[], { log, signal }: StageContext): Promise<void> {
  const env = baseEnvironment({ DEBIAN_FRONTEND: "noninteractive" });
  const apt = ["-o", `DPkg::Lock::Timeout=${LOCK_WAIT}`, "-o", "Acquire::Retries=3", "-q", "-y"];
  const options = { env, signal, log: (line: string) => log.line(line) };
  await log.step("package lists", async () => exec("apt-get", [...apt, "update"], options));
  await log.step(`install ${packages.join(" ")}`, async () =>
    exec("apt-get", [...apt, "--no-install-recommends", "install", ...packages], options),
  );
}

/** Versions of the packages that are installed; a tool that came by other means has none. */
async function versions(tools: readonly HostTool[], signal: AbortSignal): Promise<Record<string, string>> {
  const packages = [...new Set(tools.map((tool) => tool.package))];
  const format = "${Package}\\t${Version}\\t${db:Status-Status}\\n";
  // Exit code 1: some of them are not known to dpkg.
  const { stdout } = await exec("dpkg-query", ["-W", "-f", format, ...packages], { signal, accept: [0, 1] });
  const rows = stdout
    .trim()
    .split("\n")
    .map((line) => line.split("\t"));
  return Object.fromEntries(
    rows.filter(([, , status]) => status === "installed").map(([name = "", version = ""]) => [name, version] as const),
  );
}
