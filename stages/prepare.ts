/** Stage 6: directories, space, a share that takes writes, and a signing key that can sign when it is needed. */
import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { createHash, randomBytes } from "node:crypto";
import { SHARE_SPACE_GIB, WORK_SPACE_GIB } from "../model/build-space";
import { certifiedKey, signDigest, verifyBytes } from "./lib/agent-sign";
import { oneLine, StageError } from "./lib/errors";
import { freeBytes, writeAtomic } from "./lib/files";
import { exportSigningKey, importSigningKey, NoAgentError, signFile } from "./lib/gpg";
import { withSigner } from "./lib/signer";
import type { HostStage, StageContext } from "./lib/stage";

const GIB = 1024 ** 3;

/** @param trialWithin seconds that the deploying side has to lend its agent for the trial; later stages wait longer */
export const prepareStage = (trialWithin: number): HostStage => ({
  name: "prepare",
  async run(context) {
    const { plan, paths, log, signal } = context;
    for (const directory of [paths.work, paths.local, paths.artefacts, paths.logs]) {
      await mkdir(directory, { recursive: true });
    }
    await log.step("the share takes writes", async () => proveWritable(paths.build));
    const space = await freeSpace(context);
    await log.step("signing key", async () => importSigningKey(paths, plan.signing, signal));
    const proven = await log.step("trial signature", async () => trialSignature(context, trialWithin));
    return { message: `${space}; signing key ${plan.signing.fingerprint.slice(-16)} ${proven}` };
  },
});

export const stage = prepareStage(60);

/** Signs as later stages will, so that a locked or unreachable key is known before the image is built. */
async function trialSignature(context: StageContext, within: number): Promise<string> {
  const { plan, paths, signal, log } = context;
  try {
    await withSigner(context, async () => tryKeys(context), within);
  } catch (error) {
    // Whoever closed his laptop comes back before the signature is needed; a key that refuses will not get better.
    if (!(error instanceof NoAgentError)) throw error;
    log.line(oneLine(error));
    return "is there; nobody follows the build, so that it can sign is not known";
  } finally {
    const left = ["trial", "trial.asc", "trial-keyring.gpg", "trial-keyring.gpg.asc"];
    for (const name of left) await rm(path.join(paths.gnupg, name), { force: true });
  }
  signal.throwIfAborted();
  return plan.imageSigning ? "and the image key can sign" : "can sign";
}

async function tryKeys({ plan, paths, signal, log }: StageContext): Promise<void> {
  const { fingerprint } = plan.signing;
  const file = path.join(paths.gnupg, "trial");
  const content = Buffer.from(`trial signature of build ${plan.build}\n`);
  const keyring = path.join(paths.gnupg, "trial-keyring.gpg");
  await writeAtomic(file, content);
  await exportSigningKey(paths, fingerprint, { keyring, armoured: `${keyring}.asc` }, signal);
  await signFile(paths, { file, fingerprint, keyring, signal, log: (line) => log.line(line) });
  if (!plan.imageSigning) return;
  const { keygrip, certificate } = plan.imageSigning;
  const digest = createHash("sha384").update(content).digest();
  const signature = await signDigest({ socket: paths.agentSocket, keygrip, signal }, digest);
  if (!verifyBytes(content, signature, certifiedKey(certificate)))
    throw new StageError(`image key ${keygrip}: is not that of its certificate; check factory.yaml: signing`);
}

/** Writes, renames, reads and removes a file: what every later stage does on the share. */
async function proveWritable(directory: string): Promise<void> {
  const file = path.join(directory, `.write-test-${randomBytes(4).toString("hex")}`);
  const content = randomBytes(64 * 1024);
  try {
    await writeAtomic(file, content);
    if (!(await readFile(file)).equals(content))
      throw new StageError(`${directory}: reads back other bytes than were written`);
  } catch (error) {
    if (error instanceof StageError) throw error;
    throw new StageError(`${directory}: cannot be written; check the NFS server and its export`, undefined, {
      cause: error,
    });
  } finally {
    await rm(file, { force: true });
  }
}

async function freeSpace({ plan, paths }: StageContext): Promise<string> {
  const needs = [
    {
      where: paths.scratch,
      what: "scratch",
      gib: plan.image.minDiskGiB + WORK_SPACE_GIB,
      remedy: "nodes.buildHost.scratchGiB",
    },
    { where: paths.build, what: "share", gib: SHARE_SPACE_GIB, remedy: "nodes.nfsServer.volumeGiB" },
  ];
  const texts: string[] = [];
  for (const { where, what, gib, remedy } of needs) {
    const free = (await freeBytes(where)) / GIB;
    if (free < gib) {
      throw new StageError(`${where}: ${free.toFixed(1)} GiB free, ${gib} GiB needed; raise ${remedy} in factory.yaml`);
    }
    texts.push(`${what} ${free.toFixed(0)} GiB free`);
  }
  return texts.join(", ");
}
