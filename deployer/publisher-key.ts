/** The publisher's own OpenPGP key: made here, kept as a secret of the factory. */
import { mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { must } from "./process";
import { runtimeDirectory } from "./runtime-dir";

/** An armoured secret key without a passphrase, in a GnuPG home that is gone afterwards. */
export async function makePublisherKey(factory: string): Promise<string> {
  const home = await mkdtemp(path.join(runtimeDirectory(), "key-"));
  const gpg = (...args: readonly string[]): Promise<string> =>
    must("gpg", ["--homedir", home, "--batch", "--no-tty", "--quiet", "--passphrase", "", ...args], {
      env: { GNUPGHOME: undefined, LC_ALL: "C" },
    });
  try {
    await gpg("--quick-generate-key", `Image Factory ${factory}, publisher`, "ed25519", "sign", "never");
    return await gpg("--armor", "--export-secret-keys");
  } finally {
    await must("gpgconf", ["--homedir", home, "--kill", "all"]).catch(() => undefined);
    await rm(home, { recursive: true, force: true });
  }
}
