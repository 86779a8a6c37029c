/** Back to a former release, in one go in all regions. */
import { planSteps, describeStep, type ReleasePlan } from "../model/release-plan";
import { historyOf } from "../model/release-record";
import { finish } from "./finish";
import { readLedger, unknownImage } from "./ledger";
import { openPlan, writePlan } from "./plans";
import type { Publisher } from "./ports";
import { goOn, rotated } from "./publish";
import { listRegions } from "./regions";
import { formerCatalogue } from "./site";

export interface RollBack {
  readonly image: string;
  /** @default the release before the current one */
  readonly to?: string | undefined;
  readonly dryRun: boolean;
}

/** Throws one line when there is nothing to go back to. */
export async function rollBack(publisher: Publisher, { image, to, dryRun }: RollBack): Promise<void> {
  const open = await openPlan(publisher, image);
  if (open && !dryRun) {
    await goOn(publisher, open);
    if (open.kind === "roll-back") return;
  }
  const { records } = await readLedger(publisher, image);
  if (records.length === 0) throw await unknownImage(publisher, image);
  const history = historyOf(records);
  const revoked = history.revoked.map(({ build }) => build);
  const target = to ?? before(history, revoked);
  if (target === undefined) throw new Error(`${image}: there is no former release to go back to`);
  if (!history.published.some(({ build }) => build === target))
    throw new Error(`${target}: was never published; factory publish list shows what was`);
  if (target === history.current) throw new Error(`${target}: is the current release already`);
  const withdrawn = [...history.withdrawn.filter((build) => build !== target)];
  if (history.current !== undefined) withdrawn.push(history.current);
  const known = (await formerCatalogue(publisher))?.images.find(({ name }) => name === image);
  const title = known?.title ?? image;
  const names = known?.regions ?? publisher.regions.map(({ name }) => name);
  const listed = await listRegions(publisher, { image, title, names });
  const now = listed.flatMap(({ images = [] }) => images).find((one) => one["image_factory_build"] === target);
  const actions = rotated(publisher, listed, {
    name: title,
    current: target,
    withdrawn,
    revoked,
    policy: { ...publisher.policy, ...(now && { visibility: now.visibility as "public" }) },
    today: publisher.now().toISOString().slice(0, 10),
  });
  const plan: ReleasePlan = {
    version: 1,
    kind: "roll-back",
    image,
    build: target,
    from: history.current ?? null,
    at: publisher.now().toISOString(),
    by: publisher.who,
    request: null,
    steps: planSteps(actions, target, () => ({ before: {}, after: {} })),
    entry: null,
  };
  if (dryRun) {
    publisher.say(`${image}: would go back from ${plan.from ?? "nothing"} to ${target}:`);
    plan.steps.forEach((step) => publisher.say(`  ${describeStep(step)}`));
    return;
  }
  await writePlan(publisher, plan);
  await finish(publisher, plan, undefined);
  publisher.say(`${image}: is ${target} again${plan.from === null ? "" : `, no more ${plan.from}`}`);
}

/** The newest release before the current one that nobody has gone back from. Pure. */
export function before(
  { current, published, withdrawn }: ReturnType<typeof historyOf>,
  revoked: readonly string[],
): string | undefined {
  const good = published.map(({ build }) => build).filter((build) => !revoked.includes(build));
  const end = current === undefined ? good.length : good.indexOf(current);
  return good.slice(0, end).findLast((build) => !withdrawn.includes(build));
}
