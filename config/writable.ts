/** Whether something can be kept in a directory, there or to be made. */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import path from "node:path";
import { kernelTreeOf } from "./kernel-trees";

/** Why nothing can be kept in a directory ("/mnt is read-only"); undefined where it can. Makes nothing. */
export function unusable(directory: string): string | undefined {
  const tree = kernelTreeOf(directory);
  if (tree !== undefined) return `is in ${tree}, where nothing can be kept`;
  const place = nearestThere(path.resolve(directory));
  if (!statSync(place).isDirectory()) return `can't be made: ${place} is no directory`;
  try {
    accessSync(place, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === "EROFS" ? "is on a read-only file system" : "is not writable";
    return `can't be written to: ${place} ${why}`;
  }
}

/** The directory itself, or else what is there of the way to it. */
function nearestThere(place: string): string {
  const parent = path.dirname(place);
  return existsSync(place) || parent === place ? place : nearestThere(parent);
}
