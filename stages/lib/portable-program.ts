/** A program of this host with everything that it needs to run on another machine of the same architecture. */
import { chmod, cp, mkdir, realpath, writeFile } from "node:fs/promises";
import path from "node:path";
import { StageError } from "./errors";
import { exec } from "./exec";

/** Pure: loader and libraries of a program, from what ldd prints. */
export function librariesOf(ldd: string): { readonly loader: string; readonly libraries: readonly string[] } {
  const lines = ldd.split("\n").map((line) => line.trim());
  const libraries = lines.flatMap((line) => /=> (\/\S+) \(0x/.exec(line)?.[1] ?? []);
  const loader = lines.flatMap((line) => /^(\/\S*\/ld[^/\s]*) \(0x/.exec(line)?.[1] ?? [])[0];
  const missing = lines.find((line) => line.endsWith("not found"));
  if (missing !== undefined) throw new StageError(`a library is not on this host: ${missing}`);
  if (loader === undefined) throw new StageError(`ldd names no loader: ${lines[0] ?? ""}`);
  return { loader, libraries };
}

/**
 * Copies the program, its libraries and its loader into a directory, with a script `run` that starts it by these:
 * nothing of the other machine's own libraries is used, and nothing is installed there.
 */
export async function makePortable(program: string, directory: string, signal: AbortSignal): Promise<void> {
  const { stdout: where } = await exec("sh", ["-c", `command -v -- "$1"`, "sh", program], { signal });
  const file = await realpath(where.trim());
  const { loader, libraries } = librariesOf((await exec("ldd", [file], { signal, logOutput: false })).stdout);
  await mkdir(directory, { recursive: true });
  for (const each of [file, loader, ...libraries]) {
    await cp(each, path.join(directory, path.basename(each)), { dereference: true });
  }
  const run = path.join(directory, "run");
  const [name, own] = [path.basename(file), path.basename(loader)];
  await writeFile(
    run,
    `#!/bin/sh\nhere=$(dirname "$0")\nexec "$here/${own}" --library-path "$here" "$here/${name}" "$@"\n`,
  );
  await chmod(run, 0o755);
}
