/** Asks the deploying side for its signing agent, and gives it back. */
import { useForwardedAgent } from "./gpg";
import type { StageContext } from "./stage";

/** Seconds that a person may take to come back to a build that waits for the key. */
export const SIGNER_TIMEOUT = 30 * 60;

/**
 * Runs `work` while the deploying side's agent is there. The agent's socket is asked for only as long as it is needed.
 * @param timeout seconds that the agent may take to come
 */
export async function withSigner<T>(
  context: StageContext,
  work: () => Promise<T>,
  timeout = SIGNER_TIMEOUT,
): Promise<T> {
  const { paths, signal, log } = context;
  context.progress("needs the signing key: waiting for the deploying side's agent", { needsSigner: true });
  try {
    await log.step("agent", async () => useForwardedAgent(paths, { timeout, signal }));
    return await work();
  } finally {
    context.progress("the signing key is needed no more", { needsSigner: false });
  }
}
