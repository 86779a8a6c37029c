/** Disk space that a build takes; looked at before anything is spent, and again on the build host. */

/** GiB of scratch beside the disk image itself: the builder's tree, its downloads and the converted image. */
export const WORK_SPACE_GIB = 6;

/** GiB of the share: the image, its hash sets and logs. */
export const SHARE_SPACE_GIB = 2;
