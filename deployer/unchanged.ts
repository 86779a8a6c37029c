/** Ends a build before it begins when nothing has changed: no host is made, no stage but the change check runs. */
import { names } from "../model/naming";
import { STAGES } from "../model/stages";
import { changeSince } from "./change-check";
import type { Deployment } from "./deployment";
import { Journal } from "./journal";
import { Ways } from "./nodes";
import { buildStackState } from "./stack-state";
import { stateStore } from "./states/store";
import { messageOf } from "./user-error";

type Say = (line: string) => void;

/** Set to `done` for a cdktf whose build was checked already; toolchain/terraform reads it. */
export const CHANGE_CHECK = "FACTORY_CHANGE_CHECK";

/** Waiting for nobody's console: a factory that is not there yet is a matter of stage 1. */
const CONSOLE_WAIT = 5_000;

/**
 * Tells whether a build of the image would come to nothing new, and what was compared. False as well when that can't be
 * told from here, and for a build that has begun: the check on the build host decides then.
 */
export async function endsUnchanged(deployment: Deployment, image: string, say: Say): Promise<boolean> {
  if ((await buildStackState(stateStore(deployment), names.buildStack(image))) !== "none") return false;
  const journal = new Journal(image, say);
  const definition = deployment.image(image);
  await journal.tell("checkout", "started", { message: "change check, before anything is made" });
  try {
    const store = await new Ways(deployment, say, CONSOLE_WAIT).store();
    const { changed, reasons, since } = await changeSince(deployment, definition, store);
    const message = reasons.join("; ");
    if (changed || since === undefined) {
      await journal.tell("checkout", "progress", { message });
      return false;
    }
    await journal.tell("checkout", "succeeded", { message: `no change since ${since}: ${message}` });
  } catch (error) {
    await journal.tell("checkout", "progress", { message: `left to the build host: ${messageOf(error)}` });
    return false;
  }
  for (const { name } of STAGES) {
    if (name !== "checkout") await journal.tell(name, "skipped", { message: "no change" });
  }
  return true;
}
