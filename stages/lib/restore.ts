/** Scratch is not kept for ever, the share's copies are: what a stage needs of an earlier one comes back from there. */
import { rename, rm } from "node:fs/promises";
import path from "node:path";
import { ARTEFACTS, filesBelow } from "./artefacts";
import { copyAtomic, exists } from "./files";
import type { Layout } from "./layout";

/**
 * Brings the artefacts back that scratch has lost as a whole; single ones are never mixed with what is there. The image
 * itself is left to stage 7, which knows its hash.
 * @returns how many
 */
export async function restoreArtefacts(
  { local, artefacts }: Pick<Layout, "local" | "artefacts">,
  build: string,
  signal?: AbortSignal,
): Promise<number> {
  if ((await exists(local)) || !(await exists(artefacts))) return 0;
  const names = (await filesBelow(artefacts)).filter((name) => name !== ARTEFACTS.image(build));
  if (names.length === 0) return 0;
  // All of them or none: what is there in part would be taken for all that there is.
  const part = `${local}.part`;
  await rm(part, { recursive: true, force: true });
  for (const name of names) await copyAtomic(path.join(artefacts, name), path.join(part, name), signal);
  await rename(part, local);
  return names.length;
}
