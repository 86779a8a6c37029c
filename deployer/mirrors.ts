/** Whether package repositories answer, as far as that shows from this machine. */
import { exchange } from "../openstack/http";
import { messageOf } from "./user-error";

/** Milliseconds that one is waited for. */
const PATIENCE = 10_000;

export interface NamedMirror {
  /** Its name in `infrastructure.mirrors`. */
  readonly name: string;
  readonly address: string;
}

/** What Node calls a name that there is not, and a host where nothing listens. */
const DEAD: readonly unknown[] = ["ENOTFOUND", "ECONNREFUSED"];

/**
 * A line for each that is surely dead. Any answer is one: what is asked for is a directory, which a mirror need not show.
 * Build hosts have a network and trusted certificates of their own: silence, and a certificate that is not trusted here,
 * are left to them.
 * @param file how messages call factory.yaml
 */
export async function deadMirrors(
  mirrors: readonly NamedMirror[],
  file: string,
  patience = PATIENCE,
): Promise<string[]> {
  const looks = mirrors.map(async ({ name, address }) => {
    const problem = await problemOf(new URL(address), patience);
    if (problem === undefined) return [];
    return [`${file}: infrastructure.mirrors.${name}: ${address} does not answer (${problem}); correct it, or mend it`];
  });
  return (await Promise.all(looks)).flat();
}

async function problemOf(url: URL, patience: number): Promise<string | undefined> {
  const signal = AbortSignal.timeout(patience);
  try {
    const answer = await exchange({ method: "HEAD", url, headers: {}, idleTimeout: patience, signal });
    answer.stream.destroy();
    return answer.status >= 500 ? `HTTP ${answer.status}` : undefined;
  } catch (error) {
    const { cause } = error as { readonly cause?: { readonly code?: unknown } };
    return DEAD.includes(cause?.code) ? messageOf(error) : undefined;
  }
}
