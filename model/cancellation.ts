/** How a build that somebody cancelled is known: by what the stages that were stopped say. Pure. */
import type { StageStatus } from "./events";

/** What stages that are stopped for it say. @param who user@host */
export function cancelledBy(who: string): string {
  return `cancelled by ${who}`;
}

/** Who cancelled it (user@host); undefined when its stages failed of something else, or not at all. */
export function whoCancelled(statuses: readonly StageStatus[]): string | undefined {
  const messages = statuses.filter(({ state }) => state === "failed").map(({ message = "" }) => message);
  return messages.map((message) => /^cancelled by (\S+)/.exec(message)?.[1]).find((who) => who !== undefined);
}
