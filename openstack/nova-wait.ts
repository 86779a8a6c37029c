/** Waiting for servers, and what a failed one failed of. */
import { getServer, type Server } from "./nova";
import type { Session } from "./session";
import { waitFor, type WaitOptions } from "./wait";

/**
 * - `no-host`: no compute host had room or fitted; another time or flavor may do
 * - `quota`: the project may have no more
 * - `image`, `network`, `volume`: that could not be got ready
 * - `gone`: deleted while we waited
 * - `other`: the message says what is known
 */
export type ServerFailureClass = "no-host" | "quota" | "image" | "network" | "volume" | "gone" | "other";

export class ServerFailure extends Error {
  constructor(
    readonly failureClass: ServerFailureClass,
    message: string,
  ) {
    super(message);
    this.name = "ServerFailure";
  }
}

const CLASSES: readonly (readonly [RegExp, ServerFailureClass])[] = [
  [/no valid host|not enough hosts|exceeded maximum number of retries/i, "no-host"],
  [/quota/i, "quota"],
  [/volume|block device/i, "volume"],
  [/image|disk format|qcow2|signature/i, "image"],
  [/network|port |vif|binding/i, "network"],
];

/** What Nova's fault message is about. */
export function failureClass(message: string): ServerFailureClass {
  return CLASSES.find(([pattern]) => pattern.test(message))?.[1] ?? "other";
}

/** The server once it is ACTIVE. Throws a ServerFailure at once when it is in ERROR or gone. */
export function waitForActive(session: Session, id: string, options: WaitOptions): Promise<Server> {
  const what = `${session.cloud}: server ${id} ACTIVE`;
  return waitFor(
    what,
    async () => {
      const server = await getServer(session, id);
      if (!server) throw new ServerFailure("gone", `${what}: it was deleted meanwhile`);
      if (server.status === "ERROR") {
        const reason = server.fault?.message ?? "no fault given";
        throw new ServerFailure(failureClass(reason), `${what}: it is in ERROR: ${reason}`);
      }
      const state = server["OS-EXT-STS:task_state"] ?? "";
      return server.status === "ACTIVE"
        ? { done: server, state: server.status }
        : { state: `${server.status} ${state}`.trim() };
    },
    options,
  );
}

/** Returns when Nova knows the server no more. */
export async function waitForServerGone(session: Session, id: string, options: WaitOptions): Promise<void> {
  await waitFor(
    `${session.cloud}: server ${id} deleted`,
    async () => {
      const server = await getServer(session, id);
      return server ? { state: server.status } : { done: true, state: "gone" };
    },
    options,
  );
}
