/** Runs stage 1: `factory internal initialise`. */
import { names } from "../model/naming";
import { LEASE_SECONDS } from "../model/lease";
import { initialise, type Check } from "../stages/initialise";
import { unmetNeeds } from "./asked-part";
import { buildChecks } from "./checks";
import type { Deployment } from "./deployment";
import { Journal } from "./journal";
import { shareSpace } from "./image-checks";
import { LeaseHeld, LeaseKeeper } from "./lease";
import { networkTestNode, startNetworkTestServer } from "./network-test";
import { Ways } from "./nodes";
import { askedSelection } from "./plan";
import { sessionIdentity } from "./session-identity";
import type { Store } from "./store";
import { UserError } from "./user-error";

export interface BuildName {
  readonly image: string;
  readonly build: string;
}

/** Throws ChecksFailed with everything that is wrong; nothing has been spent and nothing is held then. */
export async function runInitialise(
  deployment: Deployment,
  { image, build }: BuildName,
  say: (line: string) => void,
): Promise<void> {
  const definition = deployment.image(image);
  const unmet = unmetNeeds(image, askedSelection(), []);
  if (unmet !== undefined) throw new UserError(unmet);
  const journal = new Journal(build, say);
  const ways = new Ways(deployment, say);
  const holder = await sessionIdentity();
  let store: Store | undefined;
  let keeper: LeaseKeeper | undefined;

  const takeLease = async (): Promise<string | undefined> => {
    store = await ways.store();
    keeper = new LeaseKeeper(store, holder);
    try {
      await keeper.take(image, build, LEASE_SECONDS.spawning);
    } catch (error) {
      if (error instanceof LeaseHeld) return error.message;
      throw error;
    }
    // Only who has the lease writes into the build's directory.
    const writable = store;
    await writable.prepareBuild(build);
    await writable.writeRetention(image, definition.retention);
    await journal.writeTo({ append: (events) => writable.appendEvents(build, events) });
    return undefined;
  };
  const networkTest: Check = {
    name: "network test server",
    run: async () => {
      await startNetworkTestServer(await ways.to(await networkTestNode(deployment, ways)));
      return [];
    },
  };

  const space: Check = { name: "space", run: async () => shareSpace(store ?? (await ways.store())) };

  try {
    await journal.stage("initialise", () =>
      initialise({
        takeLease,
        checks: [...buildChecks(deployment, { image: definition, build }), networkTest, space],
      }),
    );
    await journal.tell("spawn-build-host", "started", { message: `${names.buildStack(image)}: volume, port, server` });
  } catch (error) {
    // After the stage's own event: who has no lease does not write.
    await keeper?.release(image, build);
    throw error;
  }
}
