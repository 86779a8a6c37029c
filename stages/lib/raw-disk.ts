/** The built image as a raw disk, for whoever looks inside it. */
import path from "node:path";
import { exists } from "./files";
import { qcow2ToRaw } from "./qemu-img";
import type { StageContext } from "./stage";

/**
 * The raw disk that the builder made, or one made from the artefact when scratch no longer has it.
 * @param user what the copy is called by: users work at the same time
 */
export async function rawDisk(
  { paths, log, signal, data }: Pick<StageContext, "paths" | "log" | "signal" | "data">,
  user: string,
): Promise<string> {
  const image = data("build-image");
  if (await exists(image.raw)) return image.raw;
  const raw = path.join(paths.work, `${user}.raw`);
  await log.step("raw disk from the qcow2", async () => qcow2ToRaw(image.file, raw, signal));
  return raw;
}
