/** OpenPGP keys of a test's own, by gpg itself. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";

/** Makes a key in a new home (a short path: a socket lies in it) and exports it; gives its fingerprint. */
export function makeKey(home: string, file: string, secret = false): string {
  mkdirSync(home, { mode: 0o700 });
  const gpg = (...args: readonly string[]): string =>
    execFileSync("gpg", ["--homedir", home, "--batch", "--quiet", "--passphrase", "", ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  gpg("--quick-generate-key", "test", "ed25519", "sign", "never");
  writeFileSync(file, gpg("--armor", secret ? "--export-secret-keys" : "--export"), { mode: 0o600 });
  return /^fpr:(?:[^:]*:){8}([0-9A-F]{40}):/m.exec(gpg("--with-colons", "--list-keys"))![1]!;
}

/** Armoured. */
export function detachedSignature(home: string, text: string): string {
  const args = ["--homedir", home, "--batch", "--armor", "--detach-sign"];
  return execFileSync("gpg", args, { input: text }).toString();
}

/** Ends the home's agent, if one runs. */
export function endAgent(home: string): void {
  execFileSync("gpgconf", ["--homedir", home, "--kill", "all"]);
}
