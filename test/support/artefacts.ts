/** What people do with a build's artefacts, with tools that nobody here wrote. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

export interface Verdict {
  readonly code: number | null;
  readonly output: string;
}

function run(directory: string, program: string, args: readonly string[]): Verdict {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: directory, encoding: "utf8" });
  if (error)
    throw new Error(`${program} can not be run: install it (Debian: apt-get install ${program})`, { cause: error });
  return { code: status, output: stdout + stderr };
}

/** The detached signatures below a directory, as paths relative to it. */
export function signatures(directory: string): string[] {
  const all = readdirSync(directory, { recursive: true, encoding: "utf8" });
  return all
    .filter((name) => name.endsWith(".asc") && existsSync(path.join(directory, name.replace(/\.asc$/, ""))))
    .sort();
}

/** `gpgv` of one signature by the key that came with the artefacts. */
export function verifySignature(directory: string, signature: string): Verdict {
  const keyring = ["--keyring", path.join(directory, "signing-key.gpg")];
  return run(directory, "gpgv", [...keyring, signature, signature.replace(/\.asc$/, "")]);
}

/** `sha256sum -c` of everything that SHA256SUMS names. */
export function verifySums(directory: string): Verdict {
  return run(directory, "sha256sum", ["--check", "--strict", "--quiet", "SHA256SUMS"]);
}

/** `hashdeep -a` of files against a list of hashes. */
export function audit(directory: string, list: string, files: readonly string[]): Verdict {
  return run(directory, "hashdeep", ["-a", "-l", "-vv", "-k", list, ...files]);
}
