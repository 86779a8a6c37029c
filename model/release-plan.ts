/**
 * What a publication or a roll back changes, in order, written down before the first change: whoever is stopped in the
 * middle goes on by it, or takes all of it back. How far it has come is seen from the images themselves.
 */
import type { Release } from "./catalogue";
import type { ImageFields, Phase, RotationAction } from "./rotation";

/** Values of Glance's attributes and properties; null: it is not there. */
export type Attributes = Readonly<Record<string, string | boolean | null>>;

export interface PlanTarget {
  readonly region: string;
  readonly imageId: string;
  readonly build: string;
}
export type ChangeStep = PlanTarget & {
  readonly phase: "stage" | "promote" | "demote";
  readonly before: Attributes;
  readonly after: Attributes;
};
export type PlanStep = ChangeStep | (PlanTarget & { readonly phase: "reactivate" | "deactivate" | "delete" });

export interface ReleasePlan {
  readonly version: 1;
  readonly kind: "publish" | "roll-back";
  readonly image: string;
  /** The build that becomes the current one, and the one that was. */
  readonly build: string;
  readonly from: string | null;
  /** ISO 8601 */
  readonly at: string;
  readonly by: string;
  /** SHA-256 of the request; null for a roll back. */
  readonly request: string | null;
  readonly steps: readonly PlanStep[];
  /** What the catalogue says of the build, but for what its regions say; null: it does already. */
  readonly entry: PlannedEntry | null;
  /** It is being taken back. */
  readonly abandoned?: string;
}

export type PlannedEntry = Omit<Release, "state" | "name" | "copies" | "revoked">;

/** One at a time for each image. */
export const planName = (image: string): string => `.factory/plans/${image}.json`;

const ATTRIBUTES: Readonly<Record<keyof ImageFields, string>> = {
  name: "name",
  hidden: "os_hidden",
  visibility: "visibility",
  purpose: "os_purpose",
  released: "image_factory_released",
  retired: "image_factory_retired",
};

const attributes = (fields: ImageFields): Attributes =>
  Object.fromEntries(Object.entries(fields).map(([field, value]) => [ATTRIBUTES[field as keyof ImageFields], value]));

/** Further attributes that an image gets with its first change. */
export type Extra = (target: PlanTarget) => { readonly before: Attributes; readonly after: Attributes };

/** The steps of a rotation, with what else is to change of the image that becomes current. */
export function planSteps(actions: readonly RotationAction[], current: string, extra: Extra): PlanStep[] {
  const begun = new Set<string>();
  return actions.map((action): PlanStep => {
    if (!("after" in action)) return action;
    const step = { ...action, before: attributes(action.before), after: attributes(action.after) };
    const key = `${action.region}/${action.imageId}`;
    if (action.build !== current || begun.has(key)) return step;
    begun.add(key);
    const { before, after } = extra(action);
    return { ...step, before: { ...before, ...step.before }, after: { ...after, ...step.after } };
  });
}

const isChange = (step: PlanStep): step is ChangeStep => "after" in step;

const isOf =
  (target: PlanTarget): ((step: PlanStep) => boolean) =>
  (step) =>
    step.region === target.region && step.imageId === target.imageId;

/** The image's attributes before the plan (index 0) and after each of its own changes. */
function stations(steps: readonly PlanStep[], target: PlanTarget): Attributes[] {
  const own = steps.filter(isChange).filter(isOf(target));
  const first = own.reduceRight<Attributes>((later, step) => ({ ...later, ...step.before }), {});
  return own.reduce<Attributes[]>((all, step) => [...all, { ...all.at(-1), ...step.after }], [first]);
}

export type StepState = "open" | "done" | { readonly conflict: string };

/**
 * How far one change has come, seen from the image as it is. An image that looks like none of its stations was changed
 * by somebody else.
 */
export function changeState(steps: readonly PlanStep[], step: ChangeStep, image: Attributes): StepState {
  const all = stations(steps, step);
  const index = steps.filter(isChange).filter(isOf(step)).indexOf(step) + 1;
  const at = all.findLastIndex((station) => matches(station, image));
  if (at < 0) {
    const wanted = all[index] ?? {};
    const odd = Object.keys(wanted).filter((key) => !all.some((station) => station[key] === (image[key] ?? null)));
    const told = odd.map((key) => `${key} is ${JSON.stringify(image[key] ?? null)}`).join(", ");
    return { conflict: told === "" ? "its attributes belong to different steps" : told };
  }
  return at >= index ? "done" : "open";
}

const matches = (station: Attributes, image: Attributes): boolean =>
  Object.entries(station).every(([key, value]) => (image[key] ?? null) === value);

/** What to set for a change, or to take it back. */
export function changeOf(steps: readonly PlanStep[], step: ChangeStep, direction: "forth" | "back"): Attributes {
  const all = stations(steps, step);
  const index = steps.filter(isChange).filter(isOf(step)).indexOf(step) + 1;
  const [from = {}, to = {}] = direction === "forth" ? [all[index - 1], all[index]] : [all[index], all[index - 1]];
  return Object.fromEntries(Object.entries(to).filter(([key, value]) => from[key] !== value));
}

const TAKING: readonly Phase[] = ["deactivate", "delete"];

/** What makes the new release visible, and what takes old ones away once it is. */
export const makesVisible = (step: PlanStep): boolean => !TAKING.includes(step.phase);

/** A line for people. */
export function describeStep(step: PlanStep): string {
  const where = `${step.region}: ${step.build} (${step.imageId})`;
  if (!isChange(step)) return `${where}: ${step.phase}`;
  const changes = Object.entries(step.after).map(([key, value]) => `${key}=${value === null ? "none" : String(value)}`);
  return `${where}: ${step.phase}: ${changes.join(", ")}`;
}
