/** Sessions on the cloud of `cloud/env`, names of one's own, and clean-up whatever happens. */
import { randomBytes } from "node:crypto";
import { readCloudsFile, sessionOptions } from "../../../openstack/clouds-file";
import { Session } from "../../../openstack/session";

/** A session of a clouds.yaml entry; its region, where several are possible. */
export function session(cloud = "build", region?: string): Session {
  return new Session(sessionOptions(readCloudsFile(), cloud, region));
}

/** `client-test-<what>-<8 hex>`: nobody else's. */
export function unique(what: string): string {
  return `client-test-${what}-${randomBytes(4).toString("hex")}`;
}

type Undo = () => Promise<unknown>;

/** Collects what has to be undone; undoes the last first, all of it, and then throws the first failure. */
export class CleanUp {
  private readonly undos: Undo[] = [];

  later(undo: Undo): void {
    this.undos.unshift(undo);
  }

  async now(): Promise<void> {
    const failures: unknown[] = [];
    for (const undo of this.undos.splice(0)) await undo().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
}
