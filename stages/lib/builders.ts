/** What each builder needs on its host: commands, and the Debian packages that bring them. */
import type { ImageDefinition } from "../../model/image";
import { StageError } from "./errors";

/** A command that must be there; a host that has it by other means needs no package. */
export interface HostTool {
  readonly command: string;
  readonly package: string;
}

const COMMON: readonly HostTool[] = [
  { command: "git", package: "git" },
  { command: "gpg", package: "gpg" },
  { command: "gpgv", package: "gpgv" },
  { command: "gpg-connect-agent", package: "gpgconf" },
  { command: "hashdeep", package: "hashdeep" },
  { command: "qemu-img", package: "qemu-utils" },
  { command: "sfdisk", package: "fdisk" },
  { command: "losetup", package: "mount" },
  { command: "ssh", package: "openssh-client" },
  { command: "ssh-keygen", package: "openssh-client" },
];

const BUILDERS: Partial<Record<ImageDefinition["builder"], readonly HostTool[]>> = {
  "diskimage-builder": [
    { command: "disk-image-create", package: "python3-diskimage-builder" },
    { command: "debootstrap", package: "debootstrap" },
    { command: "kpartx", package: "kpartx" },
    { command: "mkfs.ext4", package: "e2fsprogs" },
    { command: "mkfs.vfat", package: "dosfstools" },
    { command: "sgdisk", package: "gdisk" },
    { command: "sudo", package: "sudo" },
    { command: "xz", package: "xz-utils" },
  ],
};

/** Everything that building this image takes; throws for a builder that is not one of this host's. */
export function hostTools(image: Pick<ImageDefinition, "name" | "builder">): readonly HostTool[] {
  const own = BUILDERS[image.builder];
  if (own) return [...COMMON, ...own];
  const known = Object.keys(BUILDERS).join(", ");
  throw new StageError(
    `images/${image.name}/image.yaml: builder ${image.builder} can't be used on this host; it knows ${known}`,
  );
}

/** The package whose version says which builder made an image. */
export function builderPackage(image: Pick<ImageDefinition, "name" | "builder">): string {
  return hostTools(image)[COMMON.length]?.package ?? image.builder;
}
