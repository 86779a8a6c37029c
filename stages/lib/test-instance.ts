/** A temporary instance of the image under test: made, waited for, looked at, removed whatever happens. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import * as neutron from "../../openstack/neutron";
import * as nova from "../../openstack/nova";
import { ServerFailure, waitForActive, type ServerFailureClass } from "../../openstack/nova-wait";
import type { Session } from "../../openstack/session";
import { names, tagMetadata } from "../../model/naming";
import { oneLine, StageError } from "./errors";
import { exec } from "./exec";
import { testUserData } from "./guest-user-data";
import type { SshTarget } from "./ssh";
import type { StageContext } from "./stage";

/** What a boot test can fail of; kept apart, because each has another remedy. */
export type FailureClass = "never-active" | "no-ssh" | "cloud-init" | "hygiene" | "checks";

export class TestFailure extends StageError {
  /** Another try may go well: nothing that the image has done. */
  readonly passing: boolean;

  constructor(
    readonly failureClass: FailureClass,
    message: string,
    options: ErrorOptions & { readonly passing?: boolean } = {},
  ) {
    super(message, { failureClass }, options);
    this.passing = options.passing ?? false;
  }
}

export interface TestInstance {
  readonly id: string;
  readonly target: SshTarget;
  /** The port's IPv6 address, where its network has such a subnet. */
  readonly address6?: string;
}

/** Nova could not use the image itself (its signature, its format): that is the image's, not the cloud's. */
const OF_THE_IMAGE: readonly ServerFailureClass[] = ["image", "quota"];

/** Key pair, port and server, all with the build's tags; resolves when Nova says ACTIVE. */
export async function startInstance(
  context: StageContext,
  session: Session,
  options: { readonly imageId: string; readonly marker: string },
): Promise<TestInstance> {
  const { plan, paths, log, signal } = context;
  const { testInstance, tags } = plan;
  const name = names.testInstance(plan.build);
  const keyFile = await log.step("SSH key", async () => makeKey(paths.testSecrets, signal));
  await nova.createKeyPair(session, name, (await readFile(`${keyFile}.pub`, "utf8")).trim());
  const flavor = await nova.flavorByName(session, testInstance.flavor);
  const port = await neutron.createPort(session, {
    name,
    networkId: testInstance.networkId,
    securityGroupIds: [testInstance.securityGroupId],
    tags,
  });
  const addresses = port.fixed_ips.map(({ ip_address }) => ip_address);
  const address6 = addresses.find((each) => each.includes(":"));
  const address = addresses.find((each) => !each.includes(":"));
  if (address === undefined)
    throw new TestFailure("never-active", `port ${port.id} got no IPv4 address: has the network a free one?`);
  try {
    const { id } = await nova.createServer(session, {
      name,
      flavorId: flavor.id,
      imageId: options.imageId,
      zone: testInstance.zone,
      networks: [{ port: port.id }],
      keyName: name,
      userData: testUserData(options.marker),
      configDrive: true,
      tags,
      metadata: tagMetadata({
        factory: plan.factory,
        image: plan.image.name,
        build: plan.build,
        expires: plan.expires,
      }),
    });
    await log.step("ACTIVE", async () =>
      waitForActive(session, id, { timeout: testInstance.activeTimeout * 1000, interval: 1000, signal }),
    );
    const knownHosts = path.join(paths.testSecrets, "known_hosts");
    const target = { address, user: plan.image.os.user, keyFile, knownHosts };
    return { id, target, ...(address6 !== undefined && { address6 }) };
  } catch (error) {
    if (signal.aborted) throw error;
    const why = error instanceof ServerFailure ? `${error.failureClass}: ${error.message}` : oneLine(error);
    const passing = !(error instanceof ServerFailure && OF_THE_IMAGE.includes(error.failureClass));
    throw new TestFailure("never-active", `the instance never became ACTIVE: ${why}`, { cause: error, passing });
  }
}

async function makeKey(directory: string, signal: AbortSignal): Promise<string> {
  const file = path.join(directory, "id_ed25519");
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await exec("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "factory-test", "-f", file], { signal });
  return file;
}

/** Writes what Nova knows of the instance; what can't be had is told in the log and hides no other failure. */
export async function keepEvidence({ plan, log }: StageContext, session: Session, directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    for (const server of await nova.listServers(session, { name: names.testInstance(plan.build) })) {
      await writeFile(
        path.join(directory, "server.json"),
        `${JSON.stringify(await nova.getServer(session, server.id), null, 2)}\n`,
      );
      await writeFile(path.join(directory, "console.log"), await nova.consoleOutput(session, server.id));
    }
  } catch (error) {
    log.line(`console and server description could not be kept: ${oneLine(error)}`);
  }
}
