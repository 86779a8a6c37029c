/**
 * One build of an image at a time. The lease is a file on the factory's share, written by deploying sides only; the
 * runner on the build host tells separately that it lives. Here are the rules alone: who may take it, keep it, give it
 * back. Reading and swapping the file is done elsewhere.
 */

/** A deploying session: a process on a machine. `started` tells it from a later process with the same number. */
export interface LeaseHolder {
  readonly user: string;
  readonly host: string;
  readonly pid: number;
  readonly started: string;
}

/** Times are ISO 8601, UTC. */
export interface Lease {
  readonly image: string;
  readonly build: string;
  readonly holder: LeaseHolder;
  /** When this build's lease was first taken. */
  readonly since: string;
  readonly renewed: string;
  readonly expires: string;
}

/** What the runner writes into its build's directory while it works: `heartbeat.json`. */
export interface Heartbeat {
  readonly build: string;
  readonly time: string;
}

export interface LeaseClaim {
  readonly image: string;
  readonly build: string;
  readonly holder: LeaseHolder;
}

export interface LeaseQuestion {
  readonly claim: LeaseClaim;
  readonly now: Date;
  /** How long the lease shall be good, in seconds (LEASE_SECONDS). */
  readonly seconds: number;
  /** What lies there. */
  readonly lease?: Lease | undefined;
  readonly heartbeat?: Heartbeat | undefined;
  /** What is known of the holder's process: only on its own machine can one look. */
  readonly holderProcess: "alive" | "dead" | "unknown";
}

/** - `attach`: this very build runs on its host, or did, and nobody else follows it */
export type LeaseReason = "free" | "own" | "expired" | "holder-gone" | "attach";
export type LeaseVerdict =
  | { readonly granted: true; readonly reason: LeaseReason; readonly lease: Lease }
  | { readonly granted: false; readonly message: string };

export const LEASE_SECONDS = {
  /** From stage 1 until the host is there and attach begins. */
  spawning: 15 * 60,
  /** While a deploying side follows the build; it renews every `renewEvery`. */
  following: 90,
  renewEvery: 20,
  /** A heartbeat older than this: the runner is gone. */
  heartbeat: 90,
} as const;

/** Whether this claim gets the lease; if so, the lease to write, if not, one line with the holder. */
export function decideLease(question: LeaseQuestion): LeaseVerdict {
  const { claim, lease, heartbeat, now } = question;
  const own = lease !== undefined && sameHolder(lease.holder, claim.holder);
  if (lease && !own && holderLives(question)) return { granted: false, message: heldMessage(lease, now) };
  if (heartbeat && heartbeat.build !== claim.build && beats(heartbeat, now)) {
    return { granted: false, message: runningMessage(claim.image, heartbeat, now) };
  }
  const again = lease?.build === claim.build;
  const since = lease && again ? lease.since : now.toISOString();
  return { granted: true, reason: reasonFor(question, own, again), lease: written(question, since) };
}

function reasonFor({ lease, now }: LeaseQuestion, own: boolean, again: boolean): LeaseReason {
  if (!lease) return "free";
  if (own) return "own";
  if (again) return "attach";
  return expired(lease, now) ? "expired" : "holder-gone";
}

/**
 * The lease with a new expiry, for the session that holds it. Somebody else's lease there means that ours had expired
 * and was taken: the message says so, and the session must stop.
 */
export function renewLease(question: Omit<LeaseQuestion, "heartbeat" | "holderProcess">): LeaseVerdict {
  const { claim, lease, now } = question;
  if (lease && sameHolder(lease.holder, claim.holder) && lease.build === claim.build) {
    return { granted: true, reason: "own", lease: written(question, lease.since) };
  }
  const lost = `image ${claim.image}: the lease of build ${claim.build} was lost`;
  return { granted: false, message: lease ? `${lost}; ${heldMessage(lease, now)}` : `${lost}: its file is gone` };
}

/** Whether a session may remove the lease that lies there: its own, or its build's that nobody live holds. */
export function mayRelease(question: Omit<LeaseQuestion, "heartbeat" | "seconds">): boolean {
  const { claim, lease } = question;
  if (!lease) return false;
  if (sameHolder(lease.holder, claim.holder)) return true;
  return lease.build === claim.build && !holderLives(question);
}

/** The lease in a file's text; undefined for an empty file. Throws one line for anything else. */
export function parseLease(text: string, file: string): Lease | undefined {
  if (text.trim() === "") return undefined;
  const value = jsonIn(text) as Partial<Lease> | undefined;
  const { user, host, pid, started } = value?.holder ?? {};
  const times = [value?.since, value?.renewed, value?.expires];
  const words = [value?.image, value?.build, user, host, started];
  if (words.every(isText) && typeof pid === "number" && times.every(isTime)) return value as Lease;
  throw new Error(`${file}: is no lease; remove it if no build of this image runs`);
}

/** The heartbeat in a file's text; undefined for an empty or cut-off one: the runner writes it again at once. */
export function parseHeartbeat(text: string): Heartbeat | undefined {
  const value = jsonIn(text) as Partial<Heartbeat> | undefined;
  return isText(value?.build) && isTime(value.time) ? (value as Heartbeat) : undefined;
}

/** A build's own heartbeat: the image's last one may be another build's. */
export function beatOf(
  build: string,
  last: { readonly build: string; readonly text: string } | undefined,
): Heartbeat | undefined {
  return last?.build === build ? parseHeartbeat(last.text) : undefined;
}

export function sameHolder(a: LeaseHolder, b: LeaseHolder): boolean {
  return a.host === b.host && a.pid === b.pid && a.started === b.started && a.user === b.user;
}

const expired = (lease: Lease, now: Date): boolean => Date.parse(lease.expires) <= now.getTime();

/** Whether somebody still holds a lease, as far as can be seen. */
export function holderLives({
  lease,
  now,
  holderProcess,
}: Pick<LeaseQuestion, "lease" | "now" | "holderProcess">): boolean {
  return lease !== undefined && !expired(lease, now) && holderProcess !== "dead";
}

/** Whether a runner that gave this sign of life is there still. */
export function beats(heartbeat: Heartbeat, now: Date): boolean {
  return now.getTime() - Date.parse(heartbeat.time) <= LEASE_SECONDS.heartbeat * 1000;
}

function written({ claim, now, seconds }: Pick<LeaseQuestion, "claim" | "now" | "seconds">, since: string): Lease {
  const { image, build, holder } = claim;
  const expires = new Date(now.getTime() + seconds * 1000).toISOString();
  return { image, build, holder, since, renewed: now.toISOString(), expires };
}

/** One line that names who holds a lease. */
export function heldMessage({ image, build, holder, since, expires }: Lease, now: Date): string {
  const who = `${holder.user}@${holder.host} (process ${holder.pid})`;
  const when = `since ${clock(since, now)} UTC as build ${build}`;
  return `image ${image}: being built by ${who} ${when}; wait for it, or try again after ${clock(expires, now)} UTC`;
}

function runningMessage(image: string, heartbeat: Heartbeat, now: Date): string {
  const seen = `last sign of life ${clock(heartbeat.time, now)} UTC`;
  return (
    `image ${image}: build ${heartbeat.build} is running on its host (${seen}) and nobody follows it; ` +
    "deploy it again where it was deployed, or wait for its end"
  );
}

/** `12:03`, with the date when it is not today's. */
function clock(time: string, now: Date): string {
  const [date = "", rest = ""] = new Date(time).toISOString().split("T");
  const minutes = rest.slice(0, 5);
  return now.toISOString().startsWith(date) ? minutes : `${date} ${minutes}`;
}

function jsonIn(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isTime = (value: unknown): boolean => typeof value === "string" && !Number.isNaN(Date.parse(value));
