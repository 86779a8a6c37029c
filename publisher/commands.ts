/** The publisher's commands: the same on its node and in an administrator's shell. */
import { InvalidArgumentError, type Command } from "commander";
import { BUILD_ID, parseBuildId } from "../model/naming";
import { historyOf, stateOf, type ReleaseRecord } from "../model/release-record";
import { approve, refuse, type SignAs } from "./approve";
import { command } from "./command";
import { abandon } from "./finish";
import { readLedger } from "./ledger";
import { openPlan } from "./plans";
import type { Publisher } from "./ports";
import { publish, type Outcome } from "./publish";
import { openRequest, requestedBuilds } from "./request";
import { revoke, revokeQueued, type Revoked } from "./revoke";
import { rollBack } from "./roll-back";

export interface Surroundings {
  /** Opens the publisher for one command. */
  readonly run: <T>(work: (publisher: Publisher) => Promise<T>) => Promise<T>;
  readonly say: (line: string) => void;
  /** Ends the program with this status, everything has been said. */
  readonly exit: (status: number) => never;
}

export function addPublisherCommands(program: Command, around: Surroundings): void {
  const { run, exit } = around;
  const group = program
    .command("publish")
    .description("make images public that wait for it, all or these builds, or finish what was begun")
    .argument("[build...]", "as factory publish list shows them; none: all that may be published", buildIds)
    .option("--dry-run", "say what would be done")
    .option("--abandon <reason>", "take back what was begun of these builds' images", reasonText)
    .action(async (builds: string[], { dryRun = false, abandon: reason }: { dryRun?: boolean; abandon?: string }) => {
      const outcomes = await run(async (publisher) =>
        reason === undefined ? publishAll(publisher, builds, dryRun) : abandonAll(publisher, builds, reason),
      );
      if (outcomes.some((outcome) => BAD.includes(outcome))) exit(1);
    });
  group
    .command("list")
    .description("requests for publication, what became of them, and what is published")
    .action(async () => {
      if (!(await run(list))) exit(1);
    });
  group
    .command("approve")
    .description("say as a person that a build may be published")
    .argument("<build>", "as factory publish list shows it", buildId)
    .option("--key <fingerprint>", "your OpenPGP key, one of publish.approvers")
    .action(async (build: string, { key }: { key?: string }) =>
      run(async (publisher) => approve(publisher, build, key === undefined ? undefined : signAs(key))),
    );
  group
    .command("refuse")
    .description("say as a person that a build shall not be published")
    .argument("<build>", "as factory publish list shows it", buildId)
    .requiredOption("--reason <text>", "why; it is kept in the records", reasonText)
    .action(async (build: string, { reason }: { reason: string }) =>
      run(async (publisher) => refuse(publisher, build, reason)),
    );
  program
    .command("rollback")
    .description("make a former release of an image the current one again, in all regions")
    .argument("<image>", "its name")
    .option("--to <build>", "default: the release before the current one", buildId)
    .option("--dry-run", "say what would be done")
    .action(async (image: string, { to, dryRun = false }: { to?: string; dryRun?: boolean }) =>
      run(async (publisher) => rollBack(publisher, { image, to, dryRun })),
    );
  program
    .command("revoke")
    .description("withdraw a release at once in all regions: hidden, deactivated, and the catalogue says why")
    .argument("<image|build>", "an image's current release, or a build")
    .requiredOption("--reason <text>", "why; customers read it", reasonText)
    .action(async (what: string, { reason }: { reason: string }) => {
      const revoked = await run(async (publisher) => revoke(publisher, what, reason));
      if (!tellRevoked(around.say, revoked)) exit(1);
    });
}

type Ending = Outcome | "failed";
const BAD: readonly Ending[] = ["refused", "expired", "failed"];

async function publishAll(publisher: Publisher, builds: readonly string[], dryRun: boolean): Promise<Ending[]> {
  const outcomes: Ending[] = [];
  if (!dryRun) {
    const queued = await revokeQueued(publisher);
    if (queued.some((one) => !tellRevoked(publisher.say, one))) outcomes.push("failed");
  }
  const { found: wanted, failed } = builds.length > 0 ? { found: builds, failed: false } : await open(publisher);
  if (failed) outcomes.push("failed");
  for (const build of wanted) {
    // One that fails keeps no other image from being published.
    outcomes.push(
      await publish(publisher, build, dryRun).catch((error: unknown): Ending => {
        publisher.say(`${build}: ${messageOf(error)}`);
        return "failed";
      }),
    );
  }
  if (wanted.length === 0 && !failed) publisher.say("nothing waits for publication");
  return outcomes;
}

async function abandonAll(publisher: Publisher, builds: readonly string[], reason: string): Promise<Ending[]> {
  if (builds.length === 0) throw new Error("name the build that is to be abandoned");
  for (const build of builds) {
    const plan = await openPlan(publisher, parseBuildId(build).image);
    if (plan?.build !== build) throw new Error(`${build}: nothing of it was begun`);
    await abandon(publisher, plan, reason);
    publisher.say(`${build}: every region is as it was before`);
  }
  return [];
}

/** Builds whose requests nobody has decided on yet, and those that something was begun of. */
async function open(publisher: Publisher): Promise<{ readonly found: readonly string[]; readonly failed: boolean }> {
  const found: string[] = [];
  const broken = new Set<string>();
  for (const build of await requestedBuilds(publisher)) {
    const { image } = parseBuildId(build);
    if (broken.has(image)) continue;
    try {
      const { records } = await readLedger(publisher, image);
      const settled = records.filter((one) => one.build === build).at(-1)?.kind;
      const plan = await openPlan(publisher, image);
      if (plan?.build === build || settled === undefined || OPEN.includes(settled)) found.push(build);
    } catch (error) {
      // Records that somebody has to look at keep no other image from being published.
      broken.add(image);
      publisher.say(`${image}: ${messageOf(error)}`);
    }
  }
  return { found: found.filter((build) => !broken.has(parseBuildId(build).image)), failed: broken.size > 0 };
}

const OPEN: readonly string[] = ["requested", "approved", "abandoned"];

/** False where an image's records can not be believed. */
async function list(publisher: Publisher): Promise<boolean> {
  const builds = await requestedBuilds(publisher);
  const images = new Map<string, readonly ReleaseRecord[] | Error>();
  for (const image of new Set(builds.map((build) => parseBuildId(build).image)))
    images.set(
      image,
      await readLedger(publisher, image).then(
        ({ records }) => records,
        (error: unknown) => new Error(messageOf(error), { cause: error }),
      ),
    );
  for (const build of builds) {
    const records = images.get(parseBuildId(build).image);
    if (records !== undefined && !(records instanceof Error)) await listRequest(publisher, build, records);
  }
  let good = true;
  for (const [image, records] of images) {
    try {
      if (records instanceof Error) throw records;
      const plan = await openPlan(publisher, image);
      const begun = plan ? `; ${plan.kind} of ${plan.build} was begun and is not finished` : "";
      publisher.say(`${image}: current is ${historyOf(records).current ?? "none"}${begun}`);
    } catch (error) {
      good = false;
      publisher.say(`${image}: ${messageOf(error)}`);
    }
  }
  if (images.size === 0) publisher.say("there are no requests");
  return good;
}

async function listRequest(publisher: Publisher, build: string, records: readonly ReleaseRecord[]): Promise<void> {
  try {
    const { request, digest } = await openRequest(publisher, build);
    const state = stateOf(records, { build, request: digest }) ?? "new";
    const reason = records.filter((one) => one.build === build).at(-1)?.reason;
    const { by, at } = request.requested;
    publisher.say(
      `${build}  ${state}  asked ${at.slice(0, 16)} by ${by}${reason === undefined ? "" : `  (${reason})`}`,
    );
  } catch (error) {
    publisher.say(`${build}  not believed  ${messageOf(error)}`);
  }
}

/** True when every region has taken it. */
function tellRevoked(say: (line: string) => void, { build, queued, builtOn, former }: Revoked): boolean {
  say(`${build}: revoked${queued.length === 0 ? " in every region" : ""}`);
  builtOn.forEach((child) => say(`  was made from it: ${child}`));
  queued.forEach((line) => say(`  ${line}; factory publish tries again`));
  if (former !== undefined) say(`  to give customers ${former} again: factory rollback ${parseBuildId(build).image}`);
  return queued.length === 0;
}

function buildId(text: string): string {
  if (BUILD_ID.test(text)) return text;
  throw new InvalidArgumentError(`"${text}" is no build; factory publish list shows them.`);
}

const buildIds = (text: string, former: readonly string[] = []): readonly string[] => [...former, buildId(text)];

/** What people read as one line. */
function reasonText(text: string): string {
  const reason = text.trim();
  if (reason === "") throw new InvalidArgumentError("say why, it is kept in the records.");
  if (/\p{Cc}/u.test(reason)) throw new InvalidArgumentError("it has to be one line without control characters.");
  return reason;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** By the person's own gpg: its agent asks for whatever it needs. */
function signAs(key: string): SignAs {
  const home = process.env["GNUPGHOME"];
  const env: Record<string, string> = home === undefined ? {} : { GNUPGHOME: home };
  return (content) =>
    command("gpg", ["--quiet", "--local-user", key, "--detach-sign"], { input: content, env, timeout: 300_000 });
}
