/** Stage 11: audit hash sets over the image file and over the files inside it, which must verify right away. */
import path from "node:path";
import { ARTEFACTS, toShare } from "./lib/artefacts";
import { exec } from "./lib/exec";
import { exists, readIfThere } from "./lib/files";
import { withRootMounted } from "./lib/partitions";
import { rawDisk } from "./lib/raw-disk";
import type { HashdeepData } from "./lib/results";
import type { HostStage, StageContext } from "./lib/stage";

/** MD5 because that is what older audit tools read; SHA-256 because it counts. Relative names: the files may move. */
const HASHDEEP = ["-c", "md5,sha256", "-l"] as const;
/** Regular files only: a device or a pipe has no content to hash. */
const RECURSIVE = ["-r", "-o", "f"] as const;

export const stage: HostStage = {
  name: "hashdeep",
  async upToDate(context) {
    const { paths } = context;
    const names = [ARTEFACTS.imageHashes, ARTEFACTS.fileHashes];
    const there = await Promise.all(names.map(async (name) => exists(path.join(paths.local, name))));
    return there.every(Boolean) && context.data("hashdeep").sha256 === context.data("build-image").sha256;
  },
  async run(context) {
    const { paths, log, signal } = context;
    const image = context.data("build-image");
    await log.step("over the image file", async () =>
      hashAndAudit(context, { cwd: paths.local, what: [path.basename(image.file)], list: ARTEFACTS.imageHashes }),
    );
    const raw = await rawDisk(context, "hashdeep");
    const mountPoint = path.join(paths.work, "hashdeep");
    await log.step("over the files inside", async () =>
      withRootMounted({ raw, mountPoint, signal }, async () =>
        hashAndAudit(context, { cwd: mountPoint, what: [...RECURSIVE, "."], list: ARTEFACTS.fileHashes }),
      ),
    );
    const filesInside = countEntries((await readIfThere(path.join(paths.local, ARTEFACTS.fileHashes))) ?? "");
    for (const name of [ARTEFACTS.imageHashes, ARTEFACTS.fileHashes]) await toShare(paths, name, signal);
    const data: HashdeepData = { sha256: image.sha256, filesInside };
    return { message: `image file and ${filesInside} files inside it, both sets verify`, data };
  },
};

/** Pure: entries of a hashdeep list; its header and comments begin with % or #. */
export function countEntries(list: string): number {
  return list.split("\n").filter((line) => /^\d+,/.test(line)).length;
}

async function hashAndAudit(
  { paths, signal, log }: StageContext,
  { cwd, what, list }: { readonly cwd: string; readonly what: readonly string[]; readonly list: string },
): Promise<void> {
  const file = path.join(paths.local, list);
  const options = { cwd, signal, log: (line: string) => log.line(line) };
  await exec("hashdeep", [...HASHDEEP, ...what], { ...options, outputFile: file });
  await exec("hashdeep", [...HASHDEEP, "-a", "-k", file, ...what], options);
}
