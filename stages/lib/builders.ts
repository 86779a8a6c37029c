/** The builders, and what a build host needs for each: commands, and the Debian packages that bring them. */
import type { ImageDefinition } from "../../model/image";
import type { Builder, HostTool } from "./builder";
import { diskimageBuilder } from "./diskimage-builder";
import { distribution } from "./distributions";
import { kiwi } from "./kiwi";

export type { HostTool } from "./builder";

const COMMON: readonly HostTool[] = [
  { command: "git", package: "git" },
  { command: "gpg", package: "gpg" },
  { command: "gpgv", package: "gpgv" },
  { command: "gpg-connect-agent", package: "gpgconf" },
  { command: "hashdeep", package: "hashdeep" },
  { command: "qemu-img", package: "qemu-utils" },
  { command: "sfdisk", package: "fdisk" },
  { command: "losetup", package: "mount" },
  { command: "xz", package: "xz-utils" },
  { command: "ssh", package: "openssh-client" },
  { command: "ssh-keygen", package: "openssh-client" },
  { command: "blkid", package: "util-linux" },
  { command: "e2fsck", package: "e2fsprogs" },
  { command: "lynis", package: "lynis" },
  { command: "iperf3", package: "iperf3" },
  { command: "unshare", package: "util-linux" },
];

const BUILDERS: Readonly<Record<ImageDefinition["builder"], Builder>> = {
  "diskimage-builder": diskimageBuilder,
  kiwi,
};

export function builderOf(image: Pick<ImageDefinition, "builder">): Builder {
  return BUILDERS[image.builder];
}

/** Everything that building this image takes. */
export function hostTools(image: Pick<ImageDefinition, "name" | "builder" | "os">): readonly HostTool[] {
  return [...COMMON, ...builderOf(image).tools, ...distribution(image).tools];
}

/** The package whose version says which builder made an image. */
export function builderPackage(image: Pick<ImageDefinition, "builder">): string {
  return builderOf(image).package;
}
