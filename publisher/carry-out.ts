/** Carries out a written plan step by step; each step is looked at first, so that it may be done any number of times. */
import {
  changeOf,
  changeState,
  describeStep,
  makesVisible,
  type Attributes,
  type ChangeStep,
  type PlanStep,
  type ReleasePlan,
} from "../model/release-plan";
import type { GlanceImage } from "../openstack/glance";
import { checkOpen } from "./plans";
import type { Publisher, RegionPort } from "./ports";

type Worker = Pick<Publisher, "regions" | "say" | "release" | "key">;

/**
 * All that makes the new release visible. A region that fails ends it at once: nothing later is begun. What was revoked
 * since the plan was written has its place already, and keeps it.
 */
export async function makeVisible(publisher: Worker, plan: ReleasePlan, revoked: readonly string[]): Promise<void> {
  const steps = plan.steps.filter(makesVisible).filter(({ build }) => !revoked.includes(build));
  for (const step of steps) await forth(publisher, plan, step);
}

/** All that takes old releases away. What stands on an image keeps it, and is told. */
export async function takeAway(publisher: Worker, plan: ReleasePlan): Promise<void> {
  for (const step of plan.steps.filter((one) => !makesVisible(one))) await forth(publisher, plan, step);
}

/** Takes back what was made visible, last things first; images of these builds are left as they are. */
export async function takeBack(publisher: Worker, plan: ReleasePlan, leave: readonly string[]): Promise<void> {
  const steps = plan.steps.filter(makesVisible).filter(({ build }) => !leave.includes(build));
  for (const step of [...steps].reverse()) {
    await checkOpen(publisher, plan);
    const region = regionOf(publisher, step);
    const image = await region.image(step.imageId);
    if (!image) continue;
    if (!isChange(step)) {
      if (step.phase === "reactivate" && image.status === "active") await region.deactivate(image.id);
      continue;
    }
    if (stateOf(plan, step, image) === "open") continue;
    await region.change(image, changeOf(plan.steps, step, "back"));
    publisher.say(`taken back: ${describeStep(step)}`);
  }
}

async function forth(publisher: Worker, plan: ReleasePlan, step: PlanStep): Promise<void> {
  await checkOpen(publisher, plan);
  const region = regionOf(publisher, step);
  const image = await region.image(step.imageId);
  if (!image) {
    // An old one that is gone needs no more; without the one that is to be current there is nothing to show.
    if (step.build !== plan.build) return;
    throw new Error(`${step.region}: image ${step.imageId} of ${step.build} is gone`);
  }
  const said = isChange(step) ? await change(region, plan, step, image) : await switchStatus(region, step, image);
  if (said !== undefined) publisher.say(said);
}

async function change(
  region: RegionPort,
  plan: ReleasePlan,
  step: ChangeStep,
  image: GlanceImage,
): Promise<string | undefined> {
  if (stateOf(plan, step, image) === "done") return undefined;
  await region.change(image, changeOf(plan.steps, step, "forth"));
  return describeStep(step);
}

async function switchStatus(
  region: RegionPort,
  step: Exclude<PlanStep, ChangeStep>,
  image: GlanceImage,
): Promise<string | undefined> {
  const { id, status } = image;
  if (step.phase === "delete") {
    const why = await reasonToKeep(region, image);
    if (why !== undefined) return `${step.region}: ${step.build} (${id}): is kept: ${why}`;
    if (await region.remove(id)) return describeStep(step);
    return `${step.region}: ${step.build} (${id}): is kept: the cloud says that something stands on it`;
  }
  const wanted = step.phase === "reactivate" ? "active" : "deactivated";
  if (status === wanted) return undefined;
  await (step.phase === "reactivate" ? region.reactivate(id) : region.deactivate(id));
  return describeStep(step);
}

/** The plan may be old, and until it was deactivated, a moment ago, anybody could still boot it. */
async function reasonToKeep(region: RegionPort, image: GlanceImage): Promise<string | undefined> {
  if (image.protected) return "it is protected by now";
  const inUse = await region.inUse(image.id, true);
  if (inUse === undefined) return "whether something stands on it can not be told";
  return inUse ? "something stands on it by now" : undefined;
}

function stateOf(plan: ReleasePlan, step: ChangeStep, image: GlanceImage): "open" | "done" {
  const state = changeState(plan.steps, step, image as unknown as Attributes);
  if (typeof state === "string") return state;
  throw new Error(
    `${step.region}: image ${step.imageId} of ${step.build} was changed by somebody else meanwhile (${state.conflict}); put that right, then run the command again`,
  );
}

function regionOf({ regions }: Worker, { region }: PlanStep): RegionPort {
  const found = regions.find(({ name }) => name === region);
  if (!found) throw new Error(`region ${region} is in the plan and no more in factory.yaml; add it again to go on`);
  return found;
}

const isChange = (step: PlanStep): step is ChangeStep => "after" in step;
