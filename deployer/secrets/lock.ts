/** One at a time, among all deploying sides: a secret in Barbican that ends by itself. */
import { randomBytes } from "node:crypto";
import { createSecret, deleteSecret, secretsNamed } from "../../openstack/barbican";
import type { Session } from "../../openstack/session";
import { pause } from "../pause";

export interface LockTimes {
  /** Milliseconds after which a holder that has died is passed over. */
  readonly expires: number;
  /** Milliseconds that the work may take; by the rest of the above clocks may differ. */
  readonly work: number;
  /** Milliseconds between two looks, on average. */
  readonly interval: number;
}

const TIMES: LockTimes = { expires: 150_000, work: 45_000, interval: 300 };

/**
 * Runs `work` when nobody else does; undefined when somebody else does at the moment.
 *
 * Who sees another's ticket beside the own takes the own back: of several that come at once all may do so, and come
 * again after a while of random length; never do two go on. A comparison of times would not do: what was written first
 * may be seen last.
 */
async function once<T>(
  session: Session,
  name: string,
  times: LockTimes,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<{ readonly result: T } | undefined> {
  if ((await secretsNamed(session, name)).length > 0) return undefined;
  const signal = AbortSignal.timeout(times.work);
  const expires = new Date(Date.now() + times.expires);
  const ticket = await createSecret(session, { name, payload: randomBytes(8).toString("hex"), expires, signal });
  try {
    const tickets = await secretsNamed(session, name, signal);
    // An own ticket that is not there is no ticket.
    if (tickets.length !== 1 || tickets[0]?.id !== ticket) return undefined;
    return { result: await work(signal) };
  } finally {
    await deleteSecret(session, ticket);
  }
}

/**
 * Runs `work` alone. Before each try `look` is asked: what it finds is the result, without any work.
 * Throws an Error when others hold the lock all the time.
 */
export async function locked<T>(
  session: Session,
  name: string,
  look: () => Promise<T | undefined>,
  work: (signal: AbortSignal) => Promise<T>,
  times = TIMES,
): Promise<T> {
  const end = Date.now() + 2 * times.expires;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    const done = await once(session, name, times, async (signal) => (await look()) ?? (await work(signal)));
    if (done) return done.result;
    if (Date.now() > end) {
      throw new Error(
        `${session.cloud}: secret "${name}" of others has been there for ${Math.round((2 * times.expires) / 1000)} s; delete it when nobody deploys`,
      );
    }
    await pause(times.interval * (0.5 + Math.random()));
  }
}
