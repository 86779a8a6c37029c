/** Stage 14: nothing temporary stays: instances, ports, key pairs, scratch, secrets. */
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import type { HostStage } from "./lib/stage";
import { sweepTemporary, sweptText } from "./lib/sweep";
import { releaseBelow, wipeSecrets } from "./lib/tidy";

export const stage: HostStage = {
  name: "clean-up",
  async run(context) {
    const { plan, paths, log } = context;
    const swept = await log.step("temporary instances", async () =>
      sweepTemporary(await context.session(plan.home), plan, context.signal),
    );
    await log.step("mounts and loop devices", async () => releaseBelow(paths.scratch, (line) => log.line(line)));
    await log.step("scratch", async () => empty(paths.scratch));
    // Last: the steps before need them, and after this stage nothing does.
    await log.step("secrets", async () => wipeSecrets(paths));
    return { message: `removed ${sweptText(swept)}; scratch is empty, secrets are wiped` };
  },
};

async function empty(directory: string): Promise<void> {
  const entries = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  for (const entry of entries) await rm(path.join(directory, entry), { recursive: true, force: true });
}
