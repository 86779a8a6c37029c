/** Where the root file system lies in a raw disk image. */
import { mkdir } from "node:fs/promises";
import { exec } from "./exec";
import { StageError } from "./errors";

export interface Slice {
  /** Bytes from the beginning of the disk. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
}

interface SfdiskTable {
  readonly partitiontable?: {
    readonly sectorsize?: number;
    readonly partitions?: readonly { readonly start: number; readonly size: number; readonly type: string }[];
  };
}

/** Pure: the largest partition of `sfdisk --json`, which is the root's in an image of one system. */
export function rootSlice(json: string): Slice {
  const { partitiontable: table } = JSON.parse(json) as SfdiskTable;
  const sector = table?.sectorsize ?? 512;
  const [largest] = [...(table?.partitions ?? [])].sort((a, b) => b.size - a.size);
  if (!largest) throw new StageError("the image has no partition: choose a block-device element for the recipe");
  return { offset: largest.start * sector, size: largest.size * sector };
}

/** Options that mount a file system without writing to it, not even its journal. */
const READ_ONLY: Readonly<Record<string, string>> = {
  ext4: "ro,noload",
  ext3: "ro,noload",
  xfs: "ro,norecovery,nouuid",
};

/**
 * Runs `work` with the root file system of a raw image mounted read-only at `mountPoint`; it is given the file system's
 * place in the disk, bytes. The partition is found in the
 * table and mounted by its offset: that needs neither device mapper nor a kernel that reads partition tables.
 */
export async function withRootMounted<T>(
  options: { readonly raw: string; readonly mountPoint: string; readonly signal: AbortSignal },
  work: (offset: number) => Promise<T>,
): Promise<T> {
  const { raw, mountPoint, signal } = options;
  const { stdout } = await exec("sfdisk", ["--json", raw], { signal });
  const { offset, size } = rootSlice(stdout);
  const probe = await exec(
    "blkid",
    ["--probe", "--output", "value", "--match-tag", "TYPE", "--offset", String(offset), raw],
    {
      signal,
    },
  );
  const how = `${READ_ONLY[probe.stdout.trim()] ?? "ro"},loop,offset=${offset},sizelimit=${size}`;
  await mkdir(mountPoint, { recursive: true });
  await exec("mount", ["-t", probe.stdout.trim(), "-o", how, raw, mountPoint], { signal });
  try {
    return await work(offset);
  } finally {
    // Without the signal: a mount must go even when the stage is being stopped.
    await exec("umount", [mountPoint]);
  }
}
