/** `factory build cancel`: stops a build's runner, waits for who follows it to let go, and ends the build. */
import { cancelledBy } from "../model/cancellation";
import { heldMessage, holderLives } from "../model/lease";
import { BUILD_ID, names, parseBuildId, tags } from "../model/naming";
import { HOST_PATHS } from "../model/plan";
import { listServers } from "../openstack/nova";
import { cdktf } from "./cdktf";
import type { Deployment } from "./deployment";
import { unitIsActive } from "./handover";
import { LeaseKeeper } from "./lease";
import { nodeOf, Ways } from "./nodes";
import { pause } from "./pause";
import { sessionIdentity } from "./session-identity";
import { quote } from "./shell";
import type { SshHost } from "./ssh";
import { buildOfStack } from "./stack-state";
import { stateStore } from "./states/store";
import { UserError } from "./user-error";

/** Milliseconds that systemd gives the runner and what tidies up behind it, and a little more. */
const STOPPED_WITHIN = 300_000;
/** Milliseconds that a deploy which follows the build may take to notice. */
const LET_GO_WITHIN = 120_000;
const LOOK_EVERY = 1000;

export interface CancelRequest {
  /** A build's id or its image. */
  readonly name: string;
  /** Stop it, but let its host stay. */
  readonly keepHost: boolean;
  readonly verbose: boolean;
}

/** What is done to a build that is cancelled, apart from in which order. */
export interface CancelEffects {
  /** Stops the runner and tells true, or false when it was not at work. */
  stopRunner(): Promise<boolean>;
  /** One line that names who follows the build; undefined when nobody does. */
  followed(): Promise<string | undefined>;
  /** Whether its Terraform state is here. */
  canEnd(): Promise<boolean>;
  /** Destroys what belongs to it. */
  end(): Promise<void>;
}

export interface CancelChoice {
  readonly build: string;
  readonly image: string;
  readonly keepHost: boolean;
  /** Milliseconds that a follower is waited for, and between two looks. */
  readonly letGoWithin: number;
  readonly lookEvery: number;
}

/** Stops a build and, unless its host is to stay, ends it. Throws a UserError when somebody does not let go of it. */
export async function cancelBuild(
  deployment: Deployment,
  request: CancelRequest,
  say: (line: string) => void,
): Promise<void> {
  const { build, image, server } = await findBuild(deployment, request.name);
  const ways = new Ways(deployment, say);
  const node = nodeOf(deployment, server);
  if (!node) throw new UserError(`build ${build}: its host has no address yet; interrupt its deploy instead`);
  const [host, store, holder] = [await ways.to(node), await ways.store(), await sessionIdentity()];
  const keeper = new LeaseKeeper(store, holder);
  const stack = names.buildStack(image);
  await cancel(
    {
      stopRunner: () => stopRunner(host, cancelledBy(`${holder.user}@${holder.host}`)),
      followed: async () => {
        const found = await keeper.look(image);
        const { lease } = found;
        return lease?.build === build && (holderLives(found) || found.holderProcess === "alive")
          ? heldMessage(lease, found.now)
          : undefined;
      },
      canEnd: async () => (await buildOfStack(stateStore(deployment), stack)) === build,
      end: () => cdktf(deployment, { command: "destroy", stack, say, verbose: request.verbose }),
    },
    { build, image, keepHost: request.keepHost, letGoWithin: LET_GO_WITHIN, lookEvery: LOOK_EVERY },
    say,
  );
}

/** The order of it. */
export async function cancel(
  effects: CancelEffects,
  { build, image, keepHost, letGoWithin, lookEvery }: CancelChoice,
  say: (line: string) => void,
): Promise<void> {
  const stopped = await effects.stopRunner();
  say(
    stopped
      ? `build ${build}: its runner is stopped, temporary instances and secrets are removed`
      : `build ${build}: its runner was not at work`,
  );
  // Who follows a runner sees it end; who is still making the host has to be interrupted where that happens.
  const end = Date.now() + (stopped ? letGoWithin : 0);
  for (let who = await effects.followed(); who !== undefined; who = await effects.followed()) {
    if (Date.now() >= end) throw new UserError(`${who}; interrupt it there, then cancel again`);
    await pause(lookEvery);
  }
  if (keepHost) {
    say(`its host stays: factory build ${image} resumes it, cdktf destroy ${names.buildStack(image)} ends it`);
    return;
  }
  if (!(await effects.canEnd())) {
    throw new UserError(
      `build ${build} is stopped, but its Terraform state is not here: end it where it was deployed (cdktf destroy ${names.buildStack(image)}), or leave its host to factory reap`,
    );
  }
  await effects.end();
  say(`build ${build} is cancelled: nothing of it is left but events and logs (factory build show ${build})`);
}

/** The build host by a build's id, or by an image that has one. */
async function findBuild(deployment: Deployment, name: string) {
  const image = BUILD_ID.test(name) ? parseBuildId(name).image : deployment.image(name).name;
  const { factory } = deployment.config;
  const servers = await listServers(deployment.project("build"), { tags: tags({ factory, image }) });
  const hosts = servers.filter((one) => one.tags.includes(`build=${one.name}`));
  const [server, other] = hosts.filter((one) => name === image || one.name === name);
  if (server && !other) return { build: server.name, image, server };
  if (other)
    throw new UserError(`image ${image}: has several builds: ${hosts.map((one) => one.name).join(", ")}; name one`);
  throw new UserError(`${name}: there is no build with a host; factory build list shows what became of its builds`);
}

/** Its stages are told to stop; what tidies up behind it runs before this returns. */
async function stopRunner(host: SshHost, why: string): Promise<boolean> {
  if (!(await unitIsActive(host))) return false;
  await host.putFile(HOST_PATHS.stopNote, `${why}\n`, "0600");
  await host.asRoot(`systemctl stop ${quote(HOST_PATHS.unit)}`, { timeout: STOPPED_WITHIN });
  return true;
}
