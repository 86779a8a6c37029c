/** `factory internal ready`: the deploy's proof that a node of the factory came up. */
import { performance } from "node:perf_hooks";
import { waitForFirstBoot } from "./cloud-init";
import type { Deployment } from "./deployment";
import { nodeById, Ways } from "./nodes";

/** Milliseconds: packages are installed at the first boot, in emulation if need be. */
const FIRST_BOOT = 20 * 60_000;

/** Pins the node's host keys and waits for its cloud-init. Throws with what cloud-init says when it failed. */
export async function ready(deployment: Deployment, serverId: string, say: (line: string) => void): Promise<void> {
  const start = performance.now();
  const node = await nodeById(deployment, serverId);
  await waitForFirstBoot(await new Ways(deployment, say).to(node), { timeout: FIRST_BOOT });
  say(
    `${node.name}: ready at ${node.publicAddress ?? node.address} after ${((performance.now() - start) / 1000).toFixed(1)} s`,
  );
}
