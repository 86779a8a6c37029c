import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Deployment } from "../../../deployer/deployment";
import { GnupgHome } from "../../../deployer/gnupg";
import { IMAGE_KEY, keyRows, SIGNING_KEY } from "../../../deployer/gnupg-keys";
import { openImageKey, proveImageKey } from "../../../deployer/image-key";
import { verifyBytes } from "../../../stages/lib/agent-sign";
import { exampleContext } from "../stacks/context";

// Sockets have short paths.
const directory = mkdtempSync(path.join(tmpdir(), "k-"));
const home = path.join(directory, "home");
const gnupg = new GnupgHome(home);
const OWNER = "Test <test@example.org>";
const none = (): Promise<string> => Promise.reject(new Error("nothing is fetched"));
const gpg = (at: string, ...args: string[]): string =>
  execFileSync("gpg", ["--homedir", at, "--batch", "--passphrase", "", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
afterAll(() => {
  for (const name of ["home", "elsewhere", "fresh"])
    execFileSync("gpgconf", ["--homedir", path.join(directory, name), "--kill", "gpg-agent"], { stdio: "ignore" });
  rmSync(directory, { recursive: true });
});

const rows = (fingerprint: string): ReturnType<typeof keyRows> =>
  keyRows(gpg(home, "--with-colons", "--with-keygrip", "--list-keys", fingerprint));

describe("the OpenPGP key", () => {
  let fingerprint = "";
  test("is made as an identity that only certifies, and a subkey of two years that signs", async () => {
    const made = await gnupg.ensureKey(SIGNING_KEY, "generate", OWNER, none);
    fingerprint = made.fingerprint;
    expect(made.done).toBe("was made, without a passphrase");
    const [primary, subkey, ...more] = rows(fingerprint);
    expect(primary).toMatchObject({ curve: "ed25519", signs: false });
    expect(primary).not.toHaveProperty("expires");
    expect(subkey).toMatchObject({ curve: "ed25519", signs: true });
    const years = ((subkey?.expires ?? 0) - Date.now() / 1000) / 86_400 / 365;
    expect(years).toBeCloseTo(2, 1);
    expect(more).toEqual([]);
    await gnupg.proveSigning(fingerprint);
  });

  test("that is not in the home is told as that, not as one to be unlocked", async () => {
    const absent = "0123456789ABCDEF0123456789ABCDEF01234567";
    await expect(gnupg.proveSigning(absent)).rejects.toThrow(
      `signing.key: ${home} has no key ${absent}; import it there, or name another one`,
    );
  });

  test("is left alone while its subkey lasts, and gets the next one in time", async () => {
    expect(await gnupg.ensureKey(SIGNING_KEY, "generate", OWNER, none)).toEqual({ fingerprint, done: "is there" });
    gpg(home, "--quick-set-expire", fingerprint, "1w", "*");
    expect(await gnupg.ensureKey(SIGNING_KEY, "generate", OWNER, none)).toEqual({
      fingerprint,
      done: "has a new subkey",
    });
    expect(rows(fingerprint)).toHaveLength(3);
    expect(await gnupg.ensureKey(SIGNING_KEY, "generate", OWNER, none)).toMatchObject({ done: "is there" });
  });
});

test("a secret key from elsewhere is imported, and known by its source from then on", async () => {
  const elsewhere = path.join(directory, "elsewhere");
  mkdirSync(elsewhere, { mode: 0o700 });
  gpg(elsewhere, "--quick-generate-key", "Brought <b@example.org>", "nistp384", "sign", "never");
  const secret = gpg(elsewhere, "--armor", "--export-secret-keys");
  const source = "file:image-key.asc";
  expect(() => gnupg.fingerprint(IMAGE_KEY, source)).toThrow('run "npx factory setup" first');
  const { fingerprint, done } = await gnupg.ensureKey(IMAGE_KEY, source, OWNER, () => Promise.resolve(secret));
  expect(done).toBe("was imported");
  expect(gnupg.fingerprint(IMAGE_KEY, source)).toBe(fingerprint);
  expect(await gnupg.ensureKey(IMAGE_KEY, source, OWNER, () => Promise.resolve(secret))).toMatchObject({ fingerprint });
  const publicOnly = gpg(elsewhere, "--armor", "--export");
  await expect(gnupg.ensureKey(IMAGE_KEY, "file:public.asc", OWNER, () => Promise.resolve(publicOnly))).rejects.toThrow(
    "signing.imageKey (file:public.asc): holds no OpenPGP secret key",
  );
});

describe("the image key", () => {
  const deployment = (imageKey: string, at = home): Deployment => {
    const { config } = exampleContext();
    return { config: { ...config, signing: { ...config.signing, imageKey } }, home: { gnupg: at } } as Deployment;
  };

  test("is made where a home has none yet, and signs through the agent's restricted socket", async () => {
    const fresh = path.join(directory, "fresh");
    const key = await openImageKey(deployment("generate", fresh));
    expect(key?.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: "secp384r1" });
    await proveImageKey(key!);
    expect(verifyBytes(Buffer.from("x"), await key!.sign(Buffer.from("x")), key!.publicKey)).toBe(true);
    expect((await openImageKey(deployment("generate", fresh)))?.keygrip).toBe(key?.keygrip);
  });

  test("may be that which was imported, or none", async () => {
    const key = await openImageKey(deployment("file:image-key.asc"));
    await expect(proveImageKey(key!)).resolves.toBeUndefined();
    expect(await openImageKey(deployment("none"))).toBeUndefined();
  });

  test("on another curve is refused", async () => {
    const { fingerprint } = await gnupg.ensureKey(SIGNING_KEY, "generate", OWNER, none);
    await expect(openImageKey(deployment(fingerprint))).rejects.toThrow(
      `signing.imageKey: ${fingerprint} in ${home} has no key on the curve P-384 that may sign`,
    );
  });
});
