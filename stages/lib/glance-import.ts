/** How an image's bytes come into Glance: a row for each method. */
import { OpenStackError } from "../../openstack/errors";
import * as glance from "../../openstack/glance";
import type { Session } from "../../openstack/session";
import type { ImportMethod } from "../../model/region";
import { sleep } from "./wait";

export interface Import {
  readonly session: Session;
  /** A queued image. */
  readonly id: string;
  readonly file: string;
  /** Puts the file where the region's Glance can read it; that address. For web-download. */
  readonly address: () => Promise<string>;
  readonly signal: AbortSignal;
}

/** Seconds that Glance may take to decide what becomes of data whose sender it has lost. */
const SETTLES_WITHIN = 60;

const METHODS: Readonly<Record<ImportMethod, (work: Import) => Promise<void>>> = {
  async direct(work) {
    try {
      await glance.uploadImage(work.session, work.id, work.file, work.signal);
    } catch (error) {
      // Only the answer may have been lost: then all of it is there, and is not sent a second time.
      if (!isLost(error) || work.signal.aborted || !(await isArriving(work))) throw error;
    }
  },
  async "glance-direct"({ session, id, file, signal }) {
    await glance.stageImage(session, id, file, signal);
    // What has been staged stays: an import that was not heard is asked for again, the bytes are not.
    await glance.importImage(session, id, { name: "glance-direct" });
  },
  async "web-download"({ session, id, address }) {
    await glance.importImage(session, id, { name: "web-download", uri: await address() });
  },
};

/** Resolves when Glance has been given the data, or told where it is; whether it becomes active is another matter. */
export function bringData(method: ImportMethod, work: Import): Promise<void> {
  return METHODS[method](work);
}

function isLost(error: unknown): boolean {
  return error instanceof OpenStackError && error.status === undefined;
}

/** Whether the image becomes active although nobody answered. */
async function isArriving({ session, id, signal }: Import): Promise<boolean> {
  for (let waited = 0; waited < SETTLES_WITHIN; waited++) {
    const status = (await glance.getImage(session, id))?.status;
    if (status !== "saving") return status === "active";
    await sleep(1, signal);
  }
  return false;
}
