/** Hashes of files: several algorithms in one pass over the bytes. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

export interface FileDigests<A extends string> {
  /** Bytes. */
  readonly size: number;
  readonly hex: Readonly<Record<A, string>>;
}

/** Size and hex digests of a file. Algorithms are OpenSSL's names: md5, sha256, sha512, … */
export async function digestFile<A extends string>(
  file: string,
  algorithms: readonly A[],
  signal?: AbortSignal,
): Promise<FileDigests<A>> {
  const hashes = algorithms.map((name) => [name, createHash(name)] as const);
  let size = 0;
  const stream = createReadStream(file, { highWaterMark: 1024 * 1024, ...(signal && { signal }) });
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    hashes.forEach(([, hash]) => hash.update(chunk));
  }
  return {
    size,
    hex: Object.fromEntries(hashes.map(([name, hash]) => [name, hash.digest("hex")])) as Record<A, string>,
  };
}

/** SHA-256 of a text or buffer, hex. */
export function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
