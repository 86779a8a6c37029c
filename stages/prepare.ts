/** Stage 6: directories, space, a share that takes writes, and a signing key that can sign when it is needed. */
import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { randomBytes } from "node:crypto";
import { SHARE_SPACE_GIB, WORK_SPACE_GIB } from "../model/build-space";
import { StageError } from "./lib/errors";
import { freeBytes, writeAtomic } from "./lib/files";
import { importSigningKey } from "./lib/gpg";
import type { HostStage, StageContext } from "./lib/stage";

const GIB = 1024 ** 3;

export const stage: HostStage = {
  name: "prepare",
  async run(context) {
    const { plan, paths, log, signal } = context;
    for (const directory of [paths.work, paths.local, paths.artefacts, paths.logs]) {
      await mkdir(directory, { recursive: true });
    }
    await log.step("the share takes writes", async () => proveWritable(paths.build));
    const space = await freeSpace(context);
    await log.step("signing key", async () => importSigningKey(paths, plan.signing, signal));
    return { message: `${space}; signing key ${plan.signing.fingerprint.slice(-16)} can sign` };
  },
};

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
