/** Whether what is asked for can be done in a build, by what the share knows of it. */
import { stageStatuses } from "../model/events";
import { beatOf, beats } from "../model/lease";
import type { StageSelection } from "../model/stage-selection";
import { runEnded, unmetNeeds } from "./asked-part";
import { mergedEvents } from "./build-state";
import type { Store, StoredBuild } from "./store";

/** One line when what is missing stands against it. A runner at work may still do what is needed. */
export async function unmetIn(
  store: Pick<Store, "readLease">,
  stored: StoredBuild,
  selection: StageSelection,
): Promise<string | undefined> {
  const events = mergedEvents(stored);
  const unmet = unmetNeeds(stored.image, selection, stageStatuses(events));
  // A runner's last sign of life stays fresh for a while: that it has ended is told by its events.
  if (unmet === undefined || runEnded(events)) return unmet;
  const { heartbeat, now } = await store.readLease(stored.image);
  const beat = beatOf(stored.build, heartbeat);
  return beat && beats(beat, now) ? undefined : unmet;
}
