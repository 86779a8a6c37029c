/** Directories that are the kernel's: nothing can be made there, and Node's recursive mkdir tries for ever. */
import path from "node:path";

const KERNEL_TREES = ["/proc", "/sys"];

/** The kernel's tree that a directory is in; undefined when it is in none. */
export function kernelTreeOf(directory: string): string | undefined {
  const absolute = path.resolve(directory);
  return KERNEL_TREES.find((tree) => absolute === tree || absolute.startsWith(`${tree}/`));
}
