/** The destroying side of a build: `factory internal guard` and `factory internal destroyed` (stage 15). */
import { performance } from "node:perf_hooks";
import { stageStatuses, type StageStatus } from "../model/events";
import { LEASE_SECONDS } from "../model/lease";
import { names } from "../model/naming";
import { listServers } from "../openstack/nova";
import { destroyBuildHost } from "../stages/destroy-build-host";
import { forgetAccessRules, revokeCredentials } from "./application-credential";
import { credentialEntries, credentialSessions } from "./attach";
import { mergedEvents } from "./build-state";
import { removeBuild } from "./clean-up";
import type { Deployment } from "./deployment";
import type { BuildName } from "./initialise";
import { Journal } from "./journal";
import { LeaseKeeper } from "./lease";
import { Ways } from "./nodes";
import { startPruning } from "./prune";
import { recordRelease } from "./release";
import { sessionIdentity } from "./session-identity";
import { ShareExports } from "./share-exports";
import type { Store } from "./store";
import { messageOf } from "./user-error";

type Say = (line: string) => void;

/** Before anything of a build is destroyed: takes its lease. Throws LeaseHeld when another live deploy has it. */
export async function guard(
  deployment: Deployment,
  { image, build }: BuildName,
  say: (line: string) => void,
): Promise<void> {
  const store = await shareIfThere(deployment, say);
  if (!store) return;
  await new LeaseKeeper(store, await sessionIdentity()).takeToDestroy(image, build, LEASE_SECONDS.spawning);
  const first = mergedEvents(await store.readBuild(build))[0]?.time;
  const journal = new Journal(build, say, first);
  await journal.writeTo({ append: (events) => store.appendEvents(build, events) });
  await journal.tell("destroy-build-host", "started");
}

/** After everything of a build is destroyed: what is left goes, the lease too. */
export async function destroyed(
  deployment: Deployment,
  { image, build }: BuildName,
  say: (line: string) => void,
): Promise<void> {
  const store = await shareIfThere(deployment, say);
  const keeper = store && new LeaseKeeper(store, await sessionIdentity());
  // A destroy that comes before the host was made has met no guard yet.
  const held = (await keeper?.takeToDestroy(image, build, LEASE_SECONDS.spawning)) ?? false;
  const events = store ? mergedEvents(await store.readBuild(build)) : [];
  const statuses = stageStatuses(events);
  const started = statuses.find(({ name }) => name === "destroy-build-host")?.started;
  const journal = new Journal(build, say, events[0]?.time);
  // A build whose stage 1 failed has no directory: there is nothing to remember of it.
  if (store && events.length > 0) await journal.writeTo({ append: (more) => store.appendEvents(build, more) });

  // Without the share nobody can rule out that their publication was asked for.
  const keepImages =
    store === undefined || statuses.some(({ name, state }) => name === "request-publication" && state === "succeeded");
  const work = () =>
    destroyBuildHost({
      removeLeftovers: () =>
        removeBuild({
          factory: deployment.config.factory,
          image,
          build,
          compute: deployment.project("build"),
          regions: deployment.config.regions.map((region) => deployment.region(region)),
          keepImages,
        }),
      revokeCredentials: async () => {
        const revoked = await revokeCredentials(credentialSessions(deployment), build);
        const { requests, staging } = deployment.config.buckets;
        await forgetAccessRules(credentialEntries(deployment), [requests, staging]);
        return revoked;
      },
    });
  // Told by the guard, unless there was no host yet that it could guard.
  if (started === undefined) await journal.stage("destroy-build-host", work);
  else await journal.end("destroy-build-host", work, performance.now() - (Date.now() - Date.parse(started)));
  const server = statuses.find(({ name }) => name === "spawn-build-host")?.data?.["server"];
  if (typeof server === "string") new Ways(deployment).forget(server, build);
  if (store) await letGoOfShare(store, { build, statuses, say });
  if (held) await keeper?.release(image, build);
}

/** The host is gone: what it could mount is exported no more, and what the build made superfluous may go. */
async function letGoOfShare(
  store: Store,
  { build, statuses, say }: { readonly build: string; readonly statuses: readonly StageStatus[]; readonly say: Say },
): Promise<void> {
  await new ShareExports(store).remove(build);
  // What its host wrote there must not keep a build from its end.
  await recordRelease(store, build, statuses).catch((error: unknown) => say(messageOf(error)));
  await startPruning(store.host);
}

/** The share; undefined when the factory's NFS server is gone for good (then nobody can hold a lease on it). */
export async function shareIfThere(deployment: Deployment, say: (line: string) => void): Promise<Store | undefined> {
  const name = names.node(deployment.config.factory, "nfs-server");
  if ((await listServers(deployment.project("build"), { name })).length === 0) {
    say(`there is no ${name} any more: no lease and no events to keep`);
    return undefined;
  }
  return new Ways(deployment, say).store();
}
