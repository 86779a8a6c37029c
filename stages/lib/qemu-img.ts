/** Disk images by qemu-img. */
import { StageError } from "./errors";
import { exec } from "./exec";

export interface ImageInfo {
  readonly format: string;
  /** Bytes of the disk. */
  readonly virtualSize: number;
}

interface QemuInfo {
  readonly format?: string;
  readonly "virtual-size"?: number;
  readonly "backing-filename"?: string;
  readonly "full-backing-filename"?: string;
  readonly encrypted?: boolean;
  readonly "format-specific"?: { readonly data?: { readonly "data-file"?: string } };
}

/**
 * Pure: format and size from `qemu-img info --output=json`. Throws for an image that refers to other files: opened on a
 * compute host, it would read that host's files.
 */
export function safeImageInfo(json: string, file: string): ImageInfo {
  const info = JSON.parse(json) as QemuInfo;
  const other =
    info["backing-filename"] ?? info["full-backing-filename"] ?? info["format-specific"]?.data?.["data-file"];
  if (other !== undefined)
    throw new StageError(`${file}: refers to another file (${other}); such an image is never registered`);
  if (info.encrypted === true) throw new StageError(`${file}: is encrypted; no instance could boot from it`);
  if (info.format === undefined || info["virtual-size"] === undefined)
    throw new StageError(`${file}: qemu-img tells no format`);
  return { format: info.format, virtualSize: info["virtual-size"] };
}

/** What an image is; the format is named by the caller, never guessed from the bytes. */
export async function imageInfo(file: string, format: string, signal: AbortSignal): Promise<ImageInfo> {
  const { stdout } = await exec("qemu-img", ["info", "--output=json", "-f", format, file], {
    signal,
    logOutput: false,
  });
  return safeImageInfo(stdout, file);
}

/** A compressed qcow2 of a raw image. Sixteen coroutines out of order and zstd: seconds where zlib takes a minute. */
export async function rawToQcow2(raw: string, qcow2: string, signal: AbortSignal): Promise<void> {
  const how = ["-c", "-m", "16", "-W", "-f", "raw", "-O", "qcow2", "-o", "compression_type=zstd"];
  await exec("qemu-img", ["convert", ...how, raw, qcow2], { signal });
}

/** A raw image of a qcow2. */
export async function qcow2ToRaw(qcow2: string, raw: string, signal: AbortSignal): Promise<void> {
  await exec("qemu-img", ["convert", "-f", "qcow2", "-O", "raw", qcow2, raw], { signal });
}

/** Throws unless both hold the same disk. */
export async function assertSameDisk(raw: string, qcow2: string, signal: AbortSignal): Promise<void> {
  await exec("qemu-img", ["compare", "-f", "raw", "-F", "qcow2", raw, qcow2], { signal });
}
