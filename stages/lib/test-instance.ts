/** A temporary instance of the image under test: made, waited for, looked at, removed whatever happens. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import * as neutron from "../../openstack/neutron";
import * as nova from "../../openstack/nova";
import { ServerFailure, waitForActive } from "../../openstack/nova-wait";
import type { Session } from "../../openstack/session";
import { hostKeysIn, knownHostsText } from "../../model/host-keys";
import { names, tagMetadata } from "../../model/naming";
import { oneLine, StageError } from "./errors";
import { exec } from "./exec";
import { MARKER_FILE } from "./guest-checks";
import { NO_CONNECTION, ssh, type SshTarget } from "./ssh";
import type { StageContext } from "./stage";
import { poll, sleep } from "./wait";

/** What a boot test can fail of; kept apart, because each has another remedy. */
export type FailureClass = "never-active" | "no-ssh" | "cloud-init" | "checks";

export class TestFailure extends StageError {
  constructor(
    readonly failureClass: FailureClass,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, { failureClass }, options);
  }
}

export interface TestInstance {
  readonly id: string;
  readonly target: SshTarget;
}

/** Seconds between two looks at console and SSH. */
const LOOK_EVERY = 3;

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
  const address = port.fixed_ips[0]?.ip_address;
  if (address === undefined)
    throw new TestFailure("never-active", `port ${port.id} got no address: has the network a free one?`);
  try {
    const { id } = await nova.createServer(session, {
      name,
      flavorId: flavor.id,
      imageId: options.imageId,
      zone: testInstance.zone,
      networks: [{ port: port.id }],
      keyName: name,
      userData: userData(options.marker),
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
    return { id, target: { address, user: plan.image.os.user, keyFile, knownHosts } };
  } catch (error) {
    if (signal.aborted) throw error;
    const why = error instanceof ServerFailure ? `${error.failureClass}: ${error.message}` : oneLine(error);
    throw new TestFailure("never-active", `the instance never became ACTIVE: ${why}`, { cause: error });
  }
}

/** Pure: what cloud-init shall do in the instance: one file, whose content the checks look for. */
export function userData(marker: string): string {
  return `#cloud-config
write_files:
  - path: ${MARKER_FILE}
    content: ${JSON.stringify(marker)}
`;
}

async function makeKey(directory: string, signal: AbortSignal): Promise<string> {
  const file = path.join(directory, "id_ed25519");
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await exec("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "factory-test", "-f", file], { signal });
  return file;
}

/**
 * Waits until the instance lets us in and cloud-init has finished. The host keys come from the console log, which only
 * the instance and the cloud can write; SSH is tried from the moment that they are there.
 */
export async function waitForCloudInit(
  { plan, log, signal }: StageContext,
  session: Session,
  instance: TestInstance,
): Promise<void> {
  const end = Date.now() + plan.testInstance.bootTimeout * 1000;
  const left = (): number => Math.max(0, (end - Date.now()) / 1000);
  await log.step("host keys on the console", async () =>
    poll(async () => pinHostKeys(session, instance), {
      every: LOOK_EVERY,
      timeout: left(),
      signal,
      late: () =>
        new TestFailure(
          "no-ssh",
          `no SSH host keys on the console within ${plan.testInstance.bootTimeout} s: see test/console.log`,
        ),
    }),
  );
  let said = "nothing";
  for (;;) {
    const { code, stdout, stderr } = await ssh(instance.target, "cloud-init status --long", {
      signal,
      timeout: 60,
      log: (line) => log.line(line),
      accept: [0, 1, 2, NO_CONNECTION],
    });
    said = code === NO_CONNECTION ? stderr.trim() : stdout.trim();
    const verdict = code === NO_CONNECTION ? undefined : cloudInitVerdict(code, stdout);
    if (verdict === "done") return;
    if (verdict !== undefined) throw new TestFailure("cloud-init", `cloud-init ${verdict.failed}`);
    if (left() === 0) {
      const kind = code === NO_CONNECTION ? "no-ssh" : "cloud-init";
      const what = kind === "no-ssh" ? "no SSH login" : "cloud-init has not finished";
      throw new TestFailure(kind, `${what} within ${plan.testInstance.bootTimeout} s: ${oneLine(said)}`);
    }
    await sleep(LOOK_EVERY, signal);
  }
}

/** Pure: what `cloud-init status --long` tells; undefined while it runs. */
export function cloudInitVerdict(code: number, text: string): "done" | { readonly failed: string } | undefined {
  const field = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, "m").exec(text)?.[1]?.trim() ?? "";
  const status = field("status");
  const said = oneLine(text).slice(0, 300);
  // Errors that cloud-init could live with (2 since 23.4): a customer's instance would have them too.
  if (code === 2) return { failed: `finished with recoverable errors, which an image must not have: ${said}` };
  if (status === "done") return "done";
  if (status === "error" || status === "disabled") return { failed: `reports "${status}": ${said}` };
  if (code === 1 && status === "") return { failed: `could not be asked: ${said || "no output"}` };
  return undefined;
}

async function pinHostKeys(session: Session, { id, target }: TestInstance): Promise<true | undefined> {
  const keys = hostKeysIn(await nova.consoleOutput(session, id));
  if (keys.length === 0) return undefined;
  await writeFile(target.knownHosts, knownHostsText(target.address, keys));
  return true;
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
