/** From a written plan to what customers see: the part that goes on after an interruption. */
import { changedCatalogue } from "../model/catalogue-update";
import type { PublishRequest } from "../model/publish-request";
import type { ReleasePlan } from "../model/release-plan";
import { historyOf, type ReleaseHistory, type ReleaseRecord } from "../model/release-record";
import { makeVisible, takeAway, takeBack } from "./carry-out";
import { append, readLedger } from "./ledger";
import { checkOpen, closePlan, writePlan } from "./plans";
import type { Publisher } from "./ports";
import { listRegions } from "./regions";
import { formerCatalogue, writeKeys, writeSite } from "./site";
import { contentOf, toRelease, withStaged } from "./staged";
import type { OpenedRequest } from "./request";

/**
 * Carries a plan out: artefacts, images, catalogue, record, and only then what takes old releases away. Every part may be
 * done again. An error leaves the plan: the next run goes on with it.
 */
export async function finish(
  publisher: Publisher,
  plan: ReleasePlan,
  opened: OpenedRequest | undefined,
): Promise<void> {
  const before = await readLedger(publisher, plan.image);
  const recorded = before.records.some(tellsOf(plan));
  if (!recorded) {
    await checkTimely(publisher, plan, before.records);
    const keys = opened && (await bringArtefacts(publisher, plan, opened.request));
    await makeVisible(
      publisher,
      plan,
      historyOf(before.records).revoked.map(({ build }) => build),
    );
    await checkOpen(publisher, plan);
    const history = historyOf([...before.records, recordFor(plan, before.records.length)]);
    await tellCustomers(publisher, { plan, history, request: opened?.request, keys });
    await append(publisher, before, newRecord(plan));
  }
  await takeAway(publisher, plan);
  if (plan.steps.some(isTaking)) await refreshCatalogue(publisher, plan.image);
  await closePlan(publisher, plan);
}

/** A plan that was made before another release took the place it was made for: nothing of it was begun, it is put away. */
async function checkTimely(publisher: Publisher, plan: ReleasePlan, records: readonly ReleaseRecord[]): Promise<void> {
  const { current } = historyOf(records);
  if (current === undefined || current === plan.from) return;
  await closePlan(publisher, plan);
  throw new Error(`${plan.image}: another publisher has made ${current} the current one just now; nothing was changed`);
}

/** Whether a record says that the plan has been carried out. */
const tellsOf =
  (plan: ReleasePlan) =>
  ({ kind, build, to, at }: ReleaseRecord): boolean => {
    if (at !== plan.at) return false;
    return plan.kind === "publish"
      ? kind === "published" && build === plan.build
      : kind === "rolled-back" && to === plan.build;
  };

const isTaking = ({ phase }: ReleasePlan["steps"][number]): boolean => phase === "deactivate" || phase === "delete";

/** Takes a plan back in every region. Throws once its release has been recorded: then only a roll back helps. */
export async function abandon(publisher: Publisher, plan: ReleasePlan, reason: string): Promise<void> {
  const ledger = await readLedger(publisher, plan.image);
  if (ledger.records.some(tellsOf(plan)))
    throw new Error(
      `${plan.image}: ${plan.build} is published already; go on with it, then: factory rollback ${plan.image}`,
    );
  const abandoned = plan.abandoned === undefined ? { ...plan, abandoned: reason } : plan;
  if (plan.abandoned === undefined) await writePlan(publisher, abandoned);
  const { revoked } = historyOf(ledger.records);
  await takeBack(
    publisher,
    abandoned,
    revoked.map(({ build }) => build),
  );
  const { build, request } = plan;
  const about = { build, ...(request !== null && { request }) };
  const at = publisher.now().toISOString();
  await append(publisher, ledger, { kind: "abandoned", ...about, at, by: publisher.who, reason });
  await closePlan(publisher, abandoned);
}

function newRecord(plan: ReleasePlan) {
  const { kind, build, from, at, by, request } = plan;
  return kind === "publish"
    ? ({ kind: "published", build, at, by, ...(request !== null && { request }) } as const)
    : ({ kind: "rolled-back", build: from ?? build, to: build, at, by } as const);
}

const recordFor = (plan: ReleasePlan, count: number) =>
  ({ version: 1, image: plan.image, sequence: count + 1, previous: null, ...newRecord(plan) }) as const;

type BuildKeys = Parameters<typeof writeKeys>[1];

async function bringArtefacts(publisher: Publisher, plan: ReleasePlan, request: PublishRequest): Promise<BuildKeys> {
  return withStaged(publisher, request, async (artefacts) => {
    await toRelease(publisher, plan, artefacts);
    return {
      fingerprint: request.signedBy,
      keyring: await contentOf(artefacts, "signing-key.gpg"),
      armoured: await contentOf(artefacts, "signing-key.asc"),
      ...(artefacts.has("image-signing.crt") && { certificate: await contentOf(artefacts, "image-signing.crt") }),
    };
  });
}

interface Told {
  readonly plan: ReleasePlan;
  readonly history: ReleaseHistory;
  readonly request: PublishRequest | undefined;
  readonly keys: BuildKeys;
}

async function tellCustomers(publisher: Publisher, { plan, history, request, keys }: Told): Promise<void> {
  const former = await formerCatalogue(publisher);
  const title = request?.target.name;
  const change = { request, entry: plan.entry ?? undefined, history };
  await publishCatalogue(publisher, former, { image: plan.image, title, keys }, change);
}

/** After old releases were taken away, or something was revoked. */
export async function refreshCatalogue(
  publisher: Publisher,
  image: string,
  builtOn?: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  const former = await formerCatalogue(publisher);
  if (!former) return;
  const { records } = await readLedger(publisher, image);
  await publishCatalogue(publisher, former, { image }, { history: historyOf(records), ...(builtOn && { builtOn }) });
}

type CatalogueChange = Parameters<typeof changedCatalogue>[0];
type Change = Pick<CatalogueChange, "request" | "entry" | "history" | "builtOn">;

interface ChangedImage {
  readonly image: string;
  /** What customers call it. @default as the former catalogue does */
  readonly title?: string | undefined;
  /** Of the build side. @default those that are there */
  readonly keys?: BuildKeys;
}

/** The former catalogue with one image as it is now, and the pages made of it. */
async function publishCatalogue(
  publisher: Publisher,
  former: CatalogueChange["former"],
  { image, title: given, keys }: ChangedImage,
  change: Change,
): Promise<void> {
  const title = given ?? former?.images.find(({ name }) => name === image)?.title ?? image;
  const listed = await listRegions(publisher, { image, title, names: publisher.regions.map(({ name }) => name) });
  const catalogue = changedCatalogue({
    former,
    factory: publisher.factory,
    address: publisher.address,
    at: publisher.now().toISOString(),
    keys: await writeKeys(publisher, keys, former),
    image,
    regions: listed.map(({ port: { name, region, authUrl }, images }) => ({ name, region, authUrl, images })),
    ...change,
  });
  await writeSite(publisher, catalogue);
}
