/** `factory internal attach`: stages 2 and 3, then the build on its host is followed to its end. */
import { recipesRoot } from "../config/paths";
import { messageText, stageStatuses } from "../model/events";
import { LEASE_SECONDS } from "../model/lease";
import { isAgain, selectionText, type StageSelection } from "../model/stage-selection";
import { addAgent, type RunnerState, type StartedRunner } from "../stages/add-agent";
import { spawnBuildHost } from "../stages/spawn-build-host";
import { entriesFor, issueCredentials, revokeCredentials } from "./application-credential";
import { hasExpired, otherAtWork, startedFor } from "./asked-part";
import { isDone, isFinished, isHostStage, mergedEvents, overview } from "./build-state";
import { waitForFirstBoot } from "./cloud-init";
import type { Deployment } from "./deployment";
import { follow, type UnitEnd } from "./follow";
import { GnupgHome } from "./gnupg";
import { SIGNING_KEY } from "./gnupg-keys";
import { handOver, startUnit, unitIsActive } from "./handover";
import { prepareImageSigning, probeRegions } from "./image-signing";
import type { BuildName } from "./initialise";
import { Journal } from "./journal";
import { serveSignature } from "./late-signature";
import { keepRenewing, LeaseKeeper } from "./lease";
import { networkTestNode } from "./network-test";
import { nodeById, Ways, type FactoryNode } from "./nodes";
import { askedSelection, assemblePlan, buildOptions, keptOptions, planLookUps } from "./plan";
import { localRecipes, recipeIdentity, remoteCommit } from "./recipes";
import { recordRelease } from "./release";
import { bundleRunner } from "./runner-bundle";
import { sessionIdentity } from "./session-identity";
import { ShareExports } from "./share-exports";
import { mountShare, unmountShare } from "./share-mounts";
import { SignerForward, SignerNeed } from "./signer";
import type { SshHost } from "./ssh";
import type { Store, StoredBuild } from "./store";
import { unmetIn } from "./unmet";
import { messageOf, UserError } from "./user-error";

/** Milliseconds that a build host's first boot may take once it is ACTIVE. */
const FIRST_BOOT = 15 * 60_000;
/** What tidying up behind a runner may take. */
const TIDYING_MINUTES = 10;

export interface AttachOptions extends BuildName {
  readonly serverId: string;
  readonly say: (line: string) => void;
  /** Fires when the deploy is interrupted. */
  readonly interrupted: AbortSignal;
}

/** Returns when the build's stages on the host have all succeeded. Throws a UserError with the stage that failed. */
export async function attach(deployment: Deployment, options: AttachOptions): Promise<void> {
  const { image, build, say } = options;
  const selection = askedSelection();
  const ways = new Ways(deployment, say);
  const [node, store, holder] = await Promise.all([
    nodeById(deployment, options.serverId),
    ways.store(),
    sessionIdentity(),
  ]);
  const keeper = new LeaseKeeper(store, holder);
  await keeper.take(image, build, LEASE_SECONDS.following);
  const stop = new AbortController();
  const renewing = keepRenewing(keeper, options, (reason) => stop.abort(reason));
  options.interrupted.addEventListener("abort", () => {
    say(`the build goes on at ${node.name}; deploy again to follow it`);
    stop.abort(new UserError(`interrupted: build ${build} goes on`));
  });
  try {
    await new Attachment(
      deployment,
      { ...options, selection, holder: `${holder.user}@${holder.host}` },
      { ways, node, store },
      stop.signal,
    ).run();
  } finally {
    renewing.stop();
    // Whoever comes next need not wait for it to run out; whom that fails, waits.
    await keeper.renew(image, build, 0).catch(() => undefined);
  }
}

/** A runner that is followed. */
interface Followed {
  readonly before: StoredBuild;
  /** Somebody else had started it. */
  readonly joined: boolean;
  /** What it was started for. */
  readonly working: StageSelection;
}

interface Reached {
  readonly ways: Ways;
  readonly node: FactoryNode;
  readonly store: Store;
}

class Attachment {
  constructor(
    private readonly deployment: Deployment,
    private readonly options: AttachOptions & { readonly holder: string; readonly selection: StageSelection },
    private readonly reached: Reached,
    private readonly signal: AbortSignal,
  ) {}

  async run(): Promise<void> {
    const { store } = this.reached;
    const { build, say } = this.options;
    const first = await this.refuseUnmetNeeds(await store.readBuild(build));
    const journal = new Journal(build, say, mergedEvents(first)[0]?.time);
    await journal.writeTo({ append: (events) => store.appendEvents(build, events) });
    await this.tellSpawned(journal, first);
    if (this.options.selection.until === "spawn-build-host") return;
    const connection: { host?: SshHost } = {};
    // What is asked for comes after what is at work already.
    for (let before = first; ; before = await this.refuseUnmetNeeds(await store.readBuild(build))) {
      const state = await this.addAgent(journal, before, connection);
      if (state === "finished") break;
      const joined = state === "running";
      const working = joined ? startedFor(mergedEvents(before)) : this.options.selection;
      const other = otherAtWork(working, this.options.selection);
      if (other !== undefined) say(other);
      await this.toTheEnd(connected(connection), journal, { before, joined, working });
      if (other === undefined) break;
    }
    await this.letGo(connected(connection));
    await this.report();
  }

  /** Before anything is told or started: a refusal is no failure of the build. */
  private async refuseUnmetNeeds(stored: StoredBuild): Promise<StoredBuild> {
    const unmet = await unmetIn(this.reached.store, stored, this.options.selection);
    if (unmet !== undefined) throw new UserError(unmet);
    return stored;
  }

  private async addAgent(journal: Journal, before: StoredBuild, connection: { host?: SshHost }): Promise<RunnerState> {
    const { ways, node } = this.reached;
    const { state } = await journal.stage("add-agent", () =>
      addAgent({
        connect: async () => {
          connection.host ??= await ways.to(node);
          await waitForFirstBoot(connection.host, { timeout: FIRST_BOOT, signal: this.signal });
        },
        runnerState: () => this.runnerState(connected(connection), before),
        start: () => this.start(connected(connection), before),
      }),
    );
    return state;
  }

  /** Stage 2 is Terraform's work: told once, with the time since stage 1 ended. */
  private async tellSpawned(journal: Journal, before: StoredBuild): Promise<void> {
    const { node } = this.reached;
    const statuses = stageStatuses(mergedEvents(before));
    const own = statuses.find((status) => status.name === "spawn-build-host");
    if (own?.state === "succeeded") return;
    const seconds = own?.started === undefined ? 0 : Math.round((Date.now() - Date.parse(own.started)) / 100) / 10;
    try {
      const { message, data } = spawnBuildHost({
        name: node.name,
        serverId: node.server.id,
        status: node.server.status,
        address: node.address,
        zone: node.server["OS-EXT-AZ:availability_zone"],
      });
      await journal.tell("spawn-build-host", "succeeded", {
        seconds,
        ...(message !== undefined && { message }),
        data: { ...data },
      });
    } catch (error) {
      await journal.tell("spawn-build-host", "failed", { seconds, message: messageOf(error) });
      throw error;
    }
  }

  private async runnerState(host: SshHost, before: StoredBuild): Promise<RunnerState> {
    if (await unitIsActive(host)) return "running";
    const { selection } = this.options;
    return !isAgain(selection) && isDone(stageStatuses(mergedEvents(before)), selection) ? "finished" : "idle";
  }

  private async start(host: SshHost, before: StoredBuild): Promise<StartedRunner> {
    const { deployment, options } = this;
    const { node, ways } = this.reached;
    const { config, home } = deployment;
    const { git } = config.infrastructure;
    const chosen = keptOptions(buildOptions(), mergedEvents(before));
    const { selection } = options;
    const expires = expiryOf(node.server.tags);
    const expired = hasExpired(options, expires, new Date());
    if (expired !== undefined) throw new UserError(expired);
    const gnupg = new GnupgHome(home.gnupg);
    const fingerprint = gnupg.fingerprint(SIGNING_KEY, config.signing.key);
    const [runner, bundled, lookedUp, publicKey, networkTest] = await Promise.all([
      bundleRunner(deployment.root),
      git ? undefined : localRecipes(recipesRoot(deployment.root)),
      planLookUps(deployment, node.server.image === "" ? undefined : node.server.image.id),
      gnupg.publicKey(fingerprint),
      networkTestNode(deployment, ways),
    ]);
    const recipes = bundled ?? {
      commit: await remoteCommit(git?.url ?? "", git?.ref),
      dirty: false,
      ...(git && { branch: git.ref }),
    };
    const plan = assemblePlan({
      ...lookedUp,
      config,
      recipes,
      image: deployment.image(options.image),
      build: options.build,
      options: chosen,
      selection,
      signing: { fingerprint, publicKey },
      iperf3: networkTest.address,
      requestedBy: options.holder,
      expires,
    });
    const prepared = await prepareImageSigning(deployment, plan, options.say);
    const entries = entriesFor(deployment, { ...plan, ...(prepared && { imageSigning: prepared.signing }) });
    const credentials = await issueCredentials(entries, {
      build: plan.build,
      expires: plan.expires,
      buckets: [plan.buckets.requests, plan.buckets.staging],
    });
    const imageSigning = prepared && (await probeRegions(prepared, plan, credentials, options.say));
    await this.share(host, plan.expires, recipeIdentity(plan.image, recipes));
    const whole = { ...plan, ...(imageSigning && { imageSigning }) };
    await handOver(host, node.user, { plan: whole, runner, recipes: bundled, credentials });
    await startUnit(host);
    return { commit: recipes.commit, dirty: recipes.dirty, runner: runner.sha256, options: chosen, selection };
  }

  /** The host gets at its own directory and cache on the share, nobody else at these, and the host at nothing else. */
  private async share(host: SshHost, expires: string, recipe: string): Promise<void> {
    const { node, store, ways } = this.reached;
    const { build } = this.options;
    await new ShareExports(store).add({ build, address: node.address, recipe, expires });
    const { address: server } = await ways.nfsServer();
    await mountShare(host, { server, directory: store.directory, build, recipe });
  }

  /** A finished build needs the share no more. Its host may be gone by now, the export goes all the same. */
  private async letGo(host: SshHost): Promise<void> {
    const { store } = this.reached;
    const { build, say } = this.options;
    await unmountShare(host).catch((error: unknown) => say(`the share could not be unmounted: ${messageOf(error)}`));
    await new ShareExports(store).remove(build);
    await recordRelease(store, build, stageStatuses(mergedEvents(await store.readBuild(build))));
  }

  /** Shows the host's events until its unit has ended. Old ones are told as a summary when they belong to this run. */
  private async toTheEnd(host: SshHost, journal: Journal, { before, joined, working }: Followed): Promise<void> {
    const { deployment, options } = this;
    const { say } = options;
    const known = before.events["host.jsonl"]?.length ?? 0;
    const need = new SignerNeed();
    const gnupg = new GnupgHome(deployment.home.gnupg);
    const signer = new SignerForward(host, () => gnupg.agentSocket(), say);
    if (joined) say(`so far: ${overview(stageStatuses(mergedEvents(before)))}`);
    let count = 0;
    try {
      const end = await follow(host, {
        onEvent: (event) => {
          const wanted = need.note(event);
          // What an earlier run asked for is not asked for now.
          const current = joined || count >= known;
          signer.set(wanted && current);
          if (current) void serveSignature(deployment, event, say);
          if (++count > known) journal.show(event);
        },
        deadline: deadline(deployment.config.build.timeoutMinutes),
        say,
        signal: this.signal,
      });
      await this.revoke();
      await this.judge(end, working);
    } finally {
      signer.set(false);
    }
  }

  /** The credentials have an end of their own; until then a failure to revoke them is worth a word, not a failed build. */
  private async revoke(): Promise<void> {
    const { deployment, options } = this;
    const sessions = credentialSessions(deployment);
    await revokeCredentials(sessions, options.build).catch((error: unknown) =>
      options.say(`the build's credentials could not be revoked (${messageOf(error)}); the destroy tries again`),
    );
  }

  /** A unit that was never seen to fail may have been cut off all the same (a host that restarted): the events decide. */
  private async judge(end: UnitEnd, working: StageSelection): Promise<void> {
    const { build, image } = this.options;
    const statuses = stageStatuses(mergedEvents(await this.reached.store.readBuild(build)));
    if (end.result === "success" && isDone(statuses, working)) return;
    const how =
      end.result === "success"
        ? "its runner is gone, the host may have restarted"
        : `its runner ended with ${end.result} (${end.status})`;
    const failed = statuses.filter((status) => status.state === "failed" && isHostStage(status));
    if (failed.length === 0) throw new UserError(`build ${build}: ${how}; deploy build-${image} again to resume it`);
    const lines = failed.map((one) => `stage ${one.number} ${one.name} failed: ${messageText(one) || how}`);
    throw new UserError(
      `${lines.join("; ")} (logs: factory artefacts ${build}; deploy build-${image} again to resume)`,
    );
  }

  private async report(): Promise<void> {
    const { build, image, selection, say } = this.options;
    const statuses = stageStatuses(mergedEvents(await this.reached.store.readBuild(build)));
    say(`build ${build}: ${overview(statuses)}`);
    if (!isFinished(statuses))
      say(`${selectionText(selection)} is done; to go on: factory build ${image}, or deploy build-${image} again`);
  }
}

/** Sessions of all users that credentials were issued for. */
export function credentialSessions(deployment: Deployment) {
  return credentialEntries(deployment).flatMap(({ sessions }) => sessions.slice(0, 1).map((one) => one.session));
}

/** All entries that credentials are issued for, and what for. */
export function credentialEntries(deployment: Deployment) {
  const [home, ...regions] = deployment.config.regions;
  return home ? entriesFor(deployment, { home, regions }) : [];
}

/** The build's expiry as Terraform wrote it on the server. */
function expiryOf(tags: readonly string[]): string | undefined {
  return tags.find((tag) => tag.startsWith("expires="))?.slice("expires=".length);
}

/** When following ends, milliseconds: the runner, which has these minutes, ends before and tidies up. */
function deadline(minutes: number): number {
  return Date.now() + (minutes + TIDYING_MINUTES) * 60_000;
}

function connected({ host }: { readonly host?: SshHost }): SshHost {
  if (!host) throw new Error("add-agent has not connected yet");
  return host;
}
