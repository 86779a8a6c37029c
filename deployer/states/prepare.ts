/** The place of the states, made where it is ours to make, and tried. */
import { isSamePlace, recordedPlace } from "../../config/state-place";
import { statePlace, type StatePlace } from "../../model/config/state";
import type { Session } from "../../openstack/session";
import { headContainer, keepVersions, putContainer } from "../../openstack/swift";
import type { Deployment } from "../deployment";
import { terraformStates } from "./store";
import { lockContainer } from "./swift-state";

/**
 * One line about what was found. A place that this home has not worked with yet has to show that its lock holds.
 * Throws a UserError that says what is wrong with it.
 */
export async function prepareStates(deployment: Deployment): Promise<string> {
  const { config, home } = deployment;
  const place = statePlace(config.state);
  if (place.kind === "local") return `states: ${home.state}`;
  const made = await makeBuckets(deployment, place);
  const notes = made.length === 0 ? [] : [`made ${made.join(" and ")}`];
  const recorded = recordedPlace(home.directory);
  if (recorded === undefined || !isSamePlace(recorded, config.state)) {
    await terraformStates(deployment, config.state).proveLock();
    notes.push("its lock holds");
  }
  return [`states: ${config.state}`, ...notes].join(", ");
}

/** Buckets of project production that were missing; private, the states' one keeps former versions. */
async function makeBuckets(deployment: Deployment, place: StatePlace): Promise<string[]> {
  const session = deployment.project("production");
  if (place.kind === "swift") {
    const states = await make(session, place.container, true);
    return [...states, ...(await make(session, lockContainer(place.container), false))];
  }
  if (place.kind !== "s3" || place.endpoint === undefined) return [];
  return (await isOurs(session, place.endpoint)) ? make(session, place.bucket, true) : [];
}

async function make(session: Session, name: string, versions: boolean): Promise<string[]> {
  if (await headContainer(session, name)) return [];
  await putContainer(session, name);
  if (versions) await keepVersions(session, name);
  return [`bucket ${name}`];
}

/** Whether an S3 address is that of the project's own object storage. */
async function isOurs(session: Session, address: string): Promise<boolean> {
  const own = await session.endpoint("object-store").catch(() => undefined);
  return own !== undefined && new URL(own).origin === new URL(address).origin;
}
