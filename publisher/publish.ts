/** From a request to what customers find. */
import { rotate, type RotationWish } from "../model/rotation";
import { describeStep, planSteps, type Attributes, type ReleasePlan } from "../model/release-plan";
import { historyOf, stateOf, type BuildState, type NewRecord } from "../model/release-record";
import { parseBuildId } from "../model/naming";
import type { PublishRequest } from "../model/publish-request";
import { hasApproval } from "./approve";
import { signaturesForCustomers } from "./certificates";
import { checkArtefacts, checkPolicy } from "./checks";
import { catalogueEntry } from "./entry";
import { abandon, finish } from "./finish";
import { append, readLedger, type Ledger } from "./ledger";
import { openPlan, writePlan } from "./plans";
import { Refusal, type Publisher } from "./ports";
import { listRegions, verifyStored, type ListedRegion } from "./regions";
import { openRequest, type OpenedRequest } from "./request";
import { contentOf, withStaged } from "./staged";

export type Outcome = "published" | "planned" | "waits" | "refused" | "expired" | "nothing";

/**
 * Publishes a build, or says what it waits for. What was begun before is finished first. Throws what can be mended: a
 * region that is down, a request that nobody trusted has signed.
 */
export async function publish(publisher: Publisher, build: string, dryRun: boolean): Promise<Outcome> {
  const { image } = parseBuildId(build);
  const plan = await openPlan(publisher, image);
  if (plan && dryRun) return tell(publisher, plan);
  if (plan) {
    await goOn(publisher, plan);
    if (plan.build === build && plan.kind === "publish") return "published";
  }
  const opened = await openRequest(publisher, build);
  const ledger = await readLedger(publisher, image);
  const state = stateOf(ledger.records, { build, request: opened.digest });
  const known = stateAnswer(publisher, build, state);
  if (known) return known;
  const about = { build, request: opened.digest, by: publisher.who } as const;
  let now = ledger;
  const record = async (kind: NewRecord["kind"], reason?: string): Promise<void> => {
    const at = publisher.now().toISOString();
    if (!dryRun) now = await append(publisher, now, { kind, ...about, at, ...(reason !== undefined && { reason }) });
  };
  if (state === undefined) await record("requested");
  const { validUntil } = opened.request.requested;
  if (validUntil < publisher.now().toISOString()) {
    await record("expired");
    publisher.say(
      `${build}: the request was good until ${validUntil}; build again, or resume the build at its stage 13`,
    );
    return "expired";
  }
  try {
    return await checked(publisher, opened, now, { dryRun, record });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await record("refused", error.message);
    publisher.say(`${build}: refused: ${error.message}`);
    return "refused";
  }
}

const ANSWERS: Partial<Readonly<Record<BuildState, string>>> = {
  published: "is published already",
  revoked: "is revoked; nothing brings it back",
  refused: "was refused; build again to ask anew",
  expired: "its request has expired; build again to ask anew",
};

function stateAnswer({ say }: Publisher, build: string, state: BuildState | undefined): Outcome | undefined {
  const answer = state && ANSWERS[state];
  if (answer === undefined) return undefined;
  say(`${build}: ${answer}`);
  return state === "refused" || state === "expired" ? state : "nothing";
}

interface Way {
  readonly dryRun: boolean;
  readonly record: (kind: NewRecord["kind"]) => Promise<void>;
}

async function checked(publisher: Publisher, opened: OpenedRequest, ledger: Ledger, way: Way): Promise<Outcome> {
  const { request, digest } = opened;
  const { build } = request;
  await checkPolicy(publisher, request);
  const { current } = historyOf(ledger.records);
  if (current !== undefined && parseBuildId(current).started > parseBuildId(build).started)
    throw new Refusal(
      `it is older than ${current}, which is published; to go back: factory rollback ${request.image.name}`,
    );
  const approved = await hasApproval(publisher, ledger.records, { build, request: digest });
  if (!approved && publisher.policy.approval === "person" && !way.dryRun) {
    publisher.say(`${build}: waits for approval: factory publish approve ${build}`);
    return "waits";
  }
  if (!approved && publisher.policy.approval === "person")
    publisher.say(`${build}: waits for approval; once it is approved, and as things are now:`);
  await verifyStored(publisher, request);
  const plan = await planFor(publisher, opened, ledger, way.dryRun);
  if (way.dryRun) return tell(publisher, plan);
  if (!approved) await way.record("approved");
  await writePlan(publisher, plan);
  await finish(publisher, plan, opened);
  publisher.say(`${build}: is "${request.target.name}" in ${request.regions.map(({ name }) => name).join(", ")}`);
  return "published";
}

/** Looks at everything once more and writes down what is to change. Throws a Refusal. */
async function planFor(
  publisher: Publisher,
  opened: OpenedRequest,
  ledger: Ledger,
  dryRun: boolean,
): Promise<ReleasePlan> {
  const { request, digest } = opened;
  const { build, image, target } = request;
  const at = publisher.now().toISOString();
  const names = request.regions.map(({ name }) => name);
  const listed = await listRegions(publisher, { image: image.name, title: target.name, names });
  const { entry, certificate } = await withStaged(publisher, request, async (artefacts) => {
    const tests = await checkArtefacts(publisher, request, artefacts);
    const images = imagesOf(listed, request);
    return {
      entry: await catalogueEntry({ request, artefacts, tests, images, at }),
      certificate: artefacts.has(CERTIFICATE) ? (await contentOf(artefacts, CERTIFICATE)).toString("utf8") : undefined,
    };
  });
  const history = historyOf(ledger.records);
  const actions = rotated(publisher, listed, {
    name: target.name,
    current: build,
    withdrawn: history.withdrawn,
    revoked: history.revoked.map((one) => one.build),
    policy: { ...publisher.policy, visibility: target.visibility },
    today: at.slice(0, 10),
  });
  const signatures = await signaturesForCustomers(publisher, { request, listed, certificate, dryRun });
  const steps = planSteps(actions, build, ({ region }) => {
    const { before = {}, after = {} } = signatures.get(region) ?? {};
    return { before: { ...BASE, ...before }, after: { ...baseOf(request), ...after } };
  });
  return {
    version: 1,
    kind: "publish",
    image: image.name,
    build,
    from: history.current ?? null,
    at,
    by: publisher.who,
    request: digest,
    steps,
    entry,
  };
}

/** By this, what was built on an image is found again. */
const BASE: Attributes = { image_factory_base: null };
const baseOf = ({ base }: PublishRequest): Attributes => ({ image_factory_base: base?.hash ?? null });
const CERTIFICATE = "image-signing.crt";

function imagesOf(listed: readonly ListedRegion[], request: PublishRequest) {
  return request.regions.flatMap(({ name, imageId }) => {
    const images = listed.find(({ port }) => port.name === name)?.images;
    return images?.find(({ id }) => id === imageId) ?? [];
  });
}

/** What the rotation says; an error where it refuses: nothing is wrong with the build for good. */
export function rotated(publisher: Publisher, listed: readonly ListedRegion[], wish: RotationWish) {
  const rotation = rotate(
    listed.map(({ listing }) => listing),
    wish,
  );
  if ("actions" in rotation) {
    for (const { listing } of listed)
      if (listing.images.some(({ retired, inUse }) => retired !== undefined && inUse === undefined))
        publisher.say(`${listing.region}: whether something stands on old images can not be told: they are kept`);
    return rotation.actions;
  }
  rotation.refused.forEach((line) => publisher.say(line));
  throw new Error(`${wish.current}: nothing was changed: ${rotation.refused.join("; ")}`);
}

/** Finishes what was begun, forth or back. */
export async function goOn(publisher: Publisher, plan: ReleasePlan): Promise<void> {
  publisher.say(`${plan.image}: going on with ${plan.kind} of ${plan.build}, begun ${plan.at} by ${plan.by}`);
  const { records } = await readLedger(publisher, plan.image);
  const revoked = historyOf(records).revoked.some(({ build }) => build === plan.build);
  if (revoked || plan.abandoned !== undefined) {
    await abandon(publisher, plan, plan.abandoned ?? "revoked meanwhile");
    return;
  }
  const opened = plan.kind === "publish" ? await openRequest(publisher, plan.build) : undefined;
  if (opened && opened.digest !== plan.request)
    throw new Error(`${plan.build}: its request is not the one that the plan was made for: factory publish --abandon`);
  await finish(publisher, plan, opened);
}

function tell({ say }: Publisher, plan: ReleasePlan): Outcome {
  say(`${plan.build}: would become the current ${plan.image}${plan.from === null ? "" : ` after ${plan.from}`}:`);
  plan.steps.forEach((step) => say(`  ${describeStep(step)}`));
  return "planned";
}
