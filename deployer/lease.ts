/** Taking, keeping and giving back an image's lease: the rules of model/lease.ts applied to the file on the share. */
import {
  decideLease,
  LEASE_SECONDS,
  mayRelease,
  parseHeartbeat,
  parseLease,
  renewLease,
  type Lease,
  type LeaseClaim,
  type LeaseHolder,
  type LeaseReason,
  type LeaseVerdict,
} from "../model/lease";
import { SHARE_PATHS } from "../model/plan";
import { holderProcess, isAlive } from "./session-identity";
import type { Store } from "./store";
import { UserError } from "./user-error";

/** Somebody else has the lease: the message names the holder. */
export class LeaseHeld extends UserError {
  override readonly name = "LeaseHeld";
}

/** How often another deploying side may come in between before we give up. */
const TRIES = 10;

export interface Found {
  readonly text: string | undefined;
  readonly lease: Lease | undefined;
  readonly holderProcess: "alive" | "dead" | "unknown";
  readonly heartbeat: ReturnType<typeof parseHeartbeat>;
  readonly now: Date;
}

export class LeaseKeeper {
  constructor(
    private readonly store: Store,
    private readonly holder: LeaseHolder,
  ) {}

  /** Takes the lease, or takes it over where the rules allow. Throws LeaseHeld. */
  async take(image: string, build: string, seconds: number): Promise<LeaseReason> {
    const claim = this.claim(image, build);
    return this.write(image, (found) => decideLease({ ...found, claim, seconds }));
  }

  /**
   * Takes the lease for destroying a build. False when another build of the image has it, or runs on its host: then
   * this one is not being built by anybody, and what is removed carries its own tag. Throws LeaseHeld when a live deploy
   * follows this build.
   */
  async takeToDestroy(image: string, build: string, seconds: number): Promise<boolean> {
    try {
      await this.take(image, build, seconds);
      return true;
    } catch (error) {
      if (!(error instanceof LeaseHeld)) throw error;
      const { lease, heartbeat } = await this.look(image);
      const other = (lease ?? heartbeat)?.build;
      if (other === undefined || other === build) throw error;
      return false;
    }
  }

  /** Gives the lease that this session holds a new expiry, `seconds` from now. Throws LeaseHeld when it was lost. */
  async renew(image: string, build: string, seconds: number): Promise<void> {
    const claim = this.claim(image, build);
    await this.write(image, ({ lease, now }) => renewLease({ claim, seconds, lease, now }));
  }

  /** Removes the lease if it is this session's, or this build's and nobody live holds it. Tells whether it did. */
  async release(image: string, build: string): Promise<boolean> {
    const claim = this.claim(image, build);
    for (let tried = 0; tried < TRIES; tried++) {
      const found = await this.look(image);
      if (found.lease === undefined || !mayRelease({ ...found, claim })) return false;
      if (await this.store.swapLease(image, found.text, undefined)) return true;
    }
    throw contended(image);
  }

  /** Whether the process that this session is known by still is there. */
  holderIsAlive(): Promise<boolean> {
    return isAlive(this.holder);
  }

  async look(image: string): Promise<Found> {
    const { lease: text, heartbeat, now } = await this.store.readLease(image);
    const file = `${this.store.host.name}:${this.store.directory}/${SHARE_PATHS.leases}/${image}.json`;
    const lease = text === undefined ? undefined : leaseIn(text, file);
    return {
      text,
      lease,
      heartbeat: heartbeat && heartbeatOf(heartbeat),
      holderProcess: lease ? await holderProcess(lease.holder) : "unknown",
      now,
    };
  }

  private claim(image: string, build: string): LeaseClaim {
    return { image, build, holder: this.holder };
  }

  private async write(image: string, decide: (found: Found) => LeaseVerdict): Promise<LeaseReason> {
    for (let tried = 0; tried < TRIES; tried++) {
      const found = await this.look(image);
      const verdict = decide(found);
      if (!verdict.granted) throw new LeaseHeld(verdict.message);
      if (await this.store.swapLease(image, found.text, `${JSON.stringify(verdict.lease)}\n`)) return verdict.reason;
    }
    throw contended(image);
  }
}

/** A host beats for the build whose directory it has, whatever it writes. */
function heartbeatOf({ build, text }: { readonly build: string; readonly text: string }): Found["heartbeat"] {
  const beat = parseHeartbeat(text);
  return beat && { ...beat, build };
}

function leaseIn(text: string, file: string): Lease | undefined {
  try {
    return parseLease(text, file);
  } catch (error) {
    throw new UserError((error as Error).message, { cause: error });
  }
}

function contended(image: string): UserError {
  return new UserError(`image ${image}: too many deploys want its lease at this moment; try again`);
}

export interface Renewing {
  /** Ends the renewing. */
  stop(): void;
}

/**
 * Keeps a lease alive while a build is followed. `lost` is called once: when somebody else has it, or when the deploy
 * that this session is part of has ended. A share that can't be reached is tried again: the lease runs out by itself.
 */
export function keepRenewing(
  keeper: LeaseKeeper,
  { image, build }: { readonly image: string; readonly build: string },
  lost: (reason: UserError) => void,
  everySeconds: number = LEASE_SECONDS.renewEvery,
): Renewing {
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    clearInterval(timer);
  };
  const end = (reason: UserError): void => {
    if (!stopped) lost(reason);
    stop();
  };
  const beat = async (): Promise<void> => {
    if (!(await keeper.holderIsAlive())) {
      end(new UserError(`build ${build}: the deploy that followed it has ended`));
      return;
    }
    await keeper.renew(image, build, LEASE_SECONDS.following);
  };
  const timer = setInterval(() => {
    beat().catch((error: unknown) => {
      if (error instanceof LeaseHeld) end(error);
    });
  }, everySeconds * 1000);
  timer.unref();
  return { stop };
}
