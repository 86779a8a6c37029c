/** OpenPGP: the public key in a home of its own, signatures by a forwarded agent, each verified at once. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { StageError } from "./errors";
import { baseEnvironment, exec } from "./exec";
import { exists } from "./files";
import type { Layout } from "./layout";
import { poll } from "./wait";

export interface SigningKey {
  readonly fingerprint: string;
  /** Capabilities of the whole key, as gpg writes them: "scESCA". */
  readonly capabilities: string;
  /** gpg's validity letter: r revoked, e expired, i invalid, … */
  readonly validity: string;
}

/** Pure: the primary keys in `gpg --with-colons --list-keys`. */
export function parseKeys(colons: string): SigningKey[] {
  const keys: SigningKey[] = [];
  let open: { validity: string; capabilities: string } | undefined;
  for (const line of colons.split("\n")) {
    const fields = line.split(":");
    if (fields[0] === "pub") open = { validity: fields[1] ?? "", capabilities: fields[11] ?? "" };
    if (fields[0] === "fpr" && open) {
      keys.push({ fingerprint: fields[9] ?? "", ...open });
      open = undefined;
    }
  }
  return keys;
}

const UNUSABLE: Readonly<Record<string, string>> = {
  r: "is revoked",
  e: "has expired",
  i: "is invalid",
  d: "is disabled",
};

/** Pure: why a key can't sign, or undefined when it can. */
export function whyUnusable(keys: readonly SigningKey[], fingerprint: string): string | undefined {
  const key = keys.find((each) => each.fingerprint === fingerprint.toUpperCase());
  if (!key) {
    const there = keys.map((each) => each.fingerprint).join(", ") || "none";
    return `the public key that attach brought is not ${fingerprint} (it is ${there})`;
  }
  if (UNUSABLE[key.validity] !== undefined) return `signing key ${fingerprint} ${UNUSABLE[key.validity] ?? ""}`;
  // Capital letters tell what the key can do now, its subkeys included; "D" is disabled.
  if (!key.capabilities.includes("S"))
    return `signing key ${fingerprint} cannot sign (capabilities: ${key.capabilities})`;
  return undefined;
}

const gpgEnvironment = (paths: Pick<Layout, "gnupg">): Record<string, string> =>
  baseEnvironment({ GNUPGHOME: paths.gnupg });

/** A fresh home in tmpfs with only this public key; throws when that key can't be used for signing. */
export async function importSigningKey(
  paths: Pick<Layout, "gnupg" | "secrets">,
  signing: { readonly fingerprint: string; readonly publicKey: string },
  signal?: AbortSignal,
): Promise<void> {
  await rm(paths.gnupg, { recursive: true, force: true });
  await mkdir(paths.gnupg, { recursive: true, mode: 0o700 });
  const options = { env: gpgEnvironment(paths), ...(signal && { signal }) };
  const gpg = ["--batch", "--no-autostart"];
  await exec("gpg", [...gpg, "--import"], { ...options, input: signing.publicKey });
  const { stdout } = await exec("gpg", [...gpg, "--with-colons", "--list-keys"], options);
  const problem = whyUnusable(parseKeys(stdout), signing.fingerprint);
  if (problem) throw new StageError(`${problem}; check factory.yaml: signing.key`);
}

/** Writes the public key beside the artefacts: binary for gpgv, armoured for people. */
export async function exportSigningKey(
  paths: Pick<Layout, "gnupg">,
  fingerprint: string,
  to: { readonly keyring: string; readonly armoured: string },
  signal?: AbortSignal,
): Promise<void> {
  for (const [file, ...armour] of [[to.keyring], [to.armoured, "--armor"]] as const) {
    const args = ["--batch", "--no-autostart", "--yes", "--output", file, ...armour, "--export", fingerprint];
    await exec("gpg", args, { env: gpgEnvironment(paths), ...(signal && { signal }) });
  }
}

/** Nobody has lent an agent in time. */
export class NoAgentError extends StageError {}

export interface WaitForAgent {
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** Waits until the forwarded agent answers at its socket, and points this home's gpg to it. */
export async function useForwardedAgent(paths: Layout, { timeout, signal }: WaitForAgent): Promise<void> {
  const env = gpgEnvironment(paths);
  const { stdout } = await exec("gpgconf", ["--list-dirs", "agent-socket"], { env, signal });
  // gpg follows a file with this content in the place of its agent's socket.
  await mkdir(path.dirname(stdout.trim()), { recursive: true, mode: 0o700 });
  await rm(stdout.trim(), { force: true });
  await writeFile(stdout.trim(), `%Assuan%\nsocket=${paths.agentSocket}\n`);
  await poll(
    async () => {
      if (!(await exists(paths.agentSocket))) return undefined;
      const answer = await exec("gpg-connect-agent", ["--no-autostart", "KEYINFO --list", "/bye"], {
        env,
        signal,
        timeout: 10,
        accept: [0, 1, 2],
      }).catch(() => undefined);
      // A restricted agent may forbid the listing; what counts is that one answers.
      return answer && /^(OK|S |ERR )/m.test(answer.stdout) ? true : undefined;
    },
    {
      every: 1,
      timeout,
      signal,
      late: () =>
        new NoAgentError(
          `no gpg agent at ${paths.agentSocket} after ${timeout} s: the deploying side forwards it while it follows the build; deploy again to resume`,
        ),
    },
  );
}

/** A detached, armoured signature `<file>.asc`, verified against the keyring before this returns. */
export async function signFile(
  paths: Pick<Layout, "gnupg">,
  options: {
    readonly file: string;
    readonly fingerprint: string;
    readonly keyring: string;
    readonly signal: AbortSignal;
    readonly log: (line: string) => void;
  },
): Promise<string> {
  const { file, fingerprint, keyring, signal, log } = options;
  const signature = `${file}.asc`;
  const args = ["--batch", "--no-autostart", "--yes", "--armor", "--local-user", fingerprint];
  const digest = ["--digest-algo", "SHA512"];
  await exec("gpg", [...args, ...digest, "--output", signature, "--detach-sign", file], {
    env: gpgEnvironment(paths),
    signal,
    log,
  });
  await verifyFile({ file, keyring, signal });
  return signature;
}

/** Throws unless `<file>.asc` is a good signature by a key of the keyring. */
export async function verifyFile(options: {
  readonly file: string;
  readonly keyring: string;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { file, keyring, signal } = options;
  await exec("gpgv", ["--keyring", keyring, `${file}.asc`, file], { signal });
}
