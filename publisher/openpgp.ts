/** OpenPGP by gpg and gpgv, in homes of their own that are gone afterwards. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { command } from "./command";
import { endAgents, makeOwn, removeLeft, REMOVED } from "./leftovers";
import type { Keyring, PublisherKey } from "./ports";

/** Everything that is opened here is closed by this. */
export interface OpenPgp {
  /** @param setting which names them, for errors */
  readonly keyring: (armoured: readonly string[], setting: string) => Promise<Keyring>;
  /** @param secrets armoured secret keys, the one that signs first: former ones only verify */
  readonly publisherKey: (secrets: readonly string[]) => Promise<PublisherKey>;
  readonly close: () => Promise<void>;
}

const PREFIX = "gpg-";

/** @param parent a directory in memory: secret keys are written below it while the publisher runs */
export async function openPgp(parent: string): Promise<OpenPgp> {
  await removeLeft(parent, PREFIX);
  const root = await makeOwn(parent, PREFIX);
  const homes: string[] = [];
  const home = async (keys: readonly string[], setting: string): Promise<string> => {
    const directory = path.join(root, String(homes.length));
    homes.push(directory);
    await mkdir(directory, { mode: 0o700 });
    for (const [index, key] of keys.entries())
      await gpg(directory, ["--import"], key).catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        throw new Error(`${setting}: key ${index + 1} of ${keys.length} can not be read: ${why}`, { cause: error });
      });
    return directory;
  };
  return {
    keyring: async (armoured, setting) => keyringIn(await home(armoured, setting), root),
    publisherKey: async (secrets) => {
      const directory = await home(secrets, "secrets.publisher");
      const [newest = ""] = secrets;
      const shown = (await gpg(directory, ["--with-colons", "--show-keys"], newest)).toString();
      // A public key would sign nothing, and everything that the publisher has written would look like somebody else's.
      const fingerprint = /^sec:/m.test(shown) ? /^fpr:(?:[^:]*:){8}([0-9A-F]{40}):/m.exec(shown)?.[1] : undefined;
      if (fingerprint === undefined) throw new Error("secrets.publisher: holds no OpenPGP secret key");
      return keyIn(directory, root, fingerprint);
    },
    async close() {
      await endAgents(root);
      await rm(root, REMOVED);
    },
  };
}

function gpg(home: string, args: readonly string[], input?: string | Buffer): Promise<Buffer> {
  const fixed = ["--homedir", home, "--batch", "--no-tty", "--quiet", "--pinentry-mode", "error"];
  return command("gpg", [...fixed, ...args], input === undefined ? {} : { input });
}

function keyringIn(home: string, work: string): Keyring {
  return {
    async signer(content, signature) {
      const directory = await mkdtemp(path.join(work, "check-"));
      try {
        const files = [path.join(directory, "signature"), path.join(directory, "content")] as const;
        await writeFile(files[0], signature);
        await writeFile(files[1], content);
        const keys = path.join(home, "pubring.kbx");
        const said = await command("gpgv", ["--homedir", home, "--keyring", keys, "--status-fd", "1", ...files]);
        // The last field is the whole key's fingerprint, whichever subkey has signed.
        return /^\[GNUPG:\] VALIDSIG .* ([0-9A-F]{40})$/m.exec(said.toString())?.[1];
      } catch {
        return undefined;
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
  };
}

function keyIn(home: string, work: string, fingerprint: string): PublisherKey {
  const { signer } = keyringIn(home, work);
  const by = ["--local-user", fingerprint, "--digest-algo", "SHA512"];
  return {
    fingerprint,
    sign: (content) => gpg(home, [...by, "--detach-sign"], content),
    clearSign: async (content) => (await gpg(home, [...by, "--clear-sign"], content)).toString(),
    keyring: () => gpg(home, ["--export", fingerprint]),
    armoured: async () => (await gpg(home, ["--armor", "--export", fingerprint])).toString(),
    verify: async (content, signature) => (await signer(content, signature)) !== undefined,
  };
}
