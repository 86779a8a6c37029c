/** Stage 15: after Terraform has removed the host: nothing that carries the build's tag stays. On the deploying side. */
import type { StageResult } from "./lib/stage";

export interface DestroyEffects {
  /** Removes what is left; one entry a kind, with how many there were. Throws one line for each kind that failed. */
  removeLeftovers(): Promise<Readonly<Record<string, number>>>;
  /** Gives how many there were. */
  revokeCredentials(): Promise<number>;
}

/** Both are tried whatever becomes of the other. Throws with all that went wrong, one line each. */
export async function destroyBuildHost(effects: DestroyEffects): Promise<StageResult> {
  const [removed, revoked] = await Promise.allSettled([effects.removeLeftovers(), effects.revokeCredentials()]);
  const errors = [removed, revoked].flatMap((one) => (one.status === "rejected" ? [one.reason as Error] : []));
  if (errors.length > 0) throw new Error(errors.map((error) => error.message).join("\n"), { cause: errors[0] });
  const counts = {
    ...(removed.status === "fulfilled" && removed.value),
    credentials: revoked.status === "fulfilled" ? revoked.value : 0,
  };
  const found = Object.entries(counts).filter(([, count]) => count > 0);
  const text = found.map(([kind, count]) => `${count} ${kind}`).join(", ");
  return { message: text === "" ? "nothing was left" : `removed what was left: ${text}`, data: counts };
}
