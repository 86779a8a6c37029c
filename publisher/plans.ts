/** Written plans: one at a time for each image, signed, gone when it is carried out or taken back. */
import { RELEASE_PLAN } from "../model/dsse";
import { planName, type ReleasePlan } from "../model/release-plan";
import { sealed, unsealed } from "./ledger";
import type { Publisher } from "./ports";

type Store = Pick<Publisher, "release" | "key">;

export async function openPlan(store: Store, image: string): Promise<ReleasePlan | undefined> {
  const name = planName(image);
  const text = (await store.release.read(name))?.toString("utf8");
  if (text === undefined) return undefined;
  return JSON.parse(await unsealed(store, { type: RELEASE_PLAN, text, name })) as ReleasePlan;
}

/** Throws when there is another plan of the image by now. */
export async function writePlan(store: Store, plan: ReleasePlan): Promise<void> {
  const text = await sealed(store, RELEASE_PLAN, plan);
  const options = { type: "application/json", ifAbsent: plan.abandoned === undefined };
  if ((await store.release.write(planName(plan.image), text, options)) === "exists")
    throw new Error(`${plan.image}: another publisher has begun something just now; run the command again`);
}

/**
 * Whoever was held up may find that somebody else has finished the plan, or takes it back, and even begun the next one.
 * Throws then: what it would change now is no longer wanted.
 */
export async function checkOpen(store: Store, plan: ReleasePlan): Promise<void> {
  if (!isSame(await openPlan(store, plan.image), plan))
    throw new Error(`${plan.image}: another publisher goes on with this meanwhile; run the command again to see`);
}

export async function closePlan(store: Store, plan: ReleasePlan): Promise<void> {
  if (isSame(await openPlan(store, plan.image), plan)) await store.release.remove(planName(plan.image));
}

const isSame = (now: ReleasePlan | undefined, { at, build, by, abandoned }: ReleasePlan): boolean =>
  now?.at === at && now.build === build && now.by === by && now.abandoned === abandoned;
