import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { closeWhenInterrupted } from "../../../publisher/interrupts";
import { openPgp, type OpenPgp } from "../../../publisher/openpgp";
import { imageKeys } from "../../../publisher/request";

const parent = mkdtempSync(path.join(os.tmpdir(), "pgp-"));
const home = mkdtempSync(path.join(os.tmpdir(), "pgp-home-"));
const gpg = (...args: string[]): string =>
  execFileSync("gpg", ["--homedir", home, "--batch", "--quiet", "--passphrase", "", ...args], { encoding: "utf8" });
let secret: string;
let pgp: OpenPgp;
beforeAll(() => {
  gpg("--quick-generate-key", "publisher", "ed25519", "sign", "never");
  secret = gpg("--armor", "--export-secret-keys");
  execFileSync("gpgconf", ["--homedir", home, "--kill", "all"]);
});
beforeEach(async () => (pgp = await openPgp(parent)));
afterEach(async () => {
  jest.restoreAllMocks();
  await pgp.close();
});
afterAll(() => [parent, home].forEach((directory) => rmSync(directory, { recursive: true })));

test("what it has signed is its own", async () => {
  const key = await pgp.publisherKey([secret]);
  const content = Buffer.from("x");
  expect(await key.verify(content, await key.sign(content))).toBe(true);
  expect(await key.verify(Buffer.from("y"), await key.sign(content))).toBe(false);
});

test("a key that can not be read is named by its setting", async () => {
  await expect(pgp.keyring([gpg("--armor", "--export"), "none"], "publish.trustedKeys")).rejects.toThrow(
    /^publish\.trustedKeys: key 2 of 2 can not be read: gpg: /,
  );
  await expect(pgp.publisherKey(["none"])).rejects.toThrow(/^secrets\.publisher: key 1 of 1 can not be read: /);
  const { publicKey } = generateKeyPairSync("ed25519");
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
  expect(() => imageKeys([pem, "none"])).toThrow(
    "publish.trustedCertificates: 2 of 2 is no certificate and no public key in PEM",
  );
});

test("a public key is no publisher's key", async () => {
  await expect(pgp.publisherKey([gpg("--armor", "--export")])).rejects.toThrow(
    "secrets.publisher: holds no OpenPGP secret key",
  );
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)("%s takes keys and agent away before the process ends", async (signal, status) => {
  const key = await pgp.publisherKey([secret]);
  await key.sign(Buffer.from("x"));
  const [directory = ""] = readdirSync(parent);
  const agent = path.join(parent, directory, "0", "S.gpg-agent");
  expect(existsSync(agent)).toBe(true);
  let told = "";
  jest.spyOn(process.stderr, "write").mockImplementation((text) => ((told += String(text)), true));
  const ended = new Promise<number>((resolve) => {
    jest.spyOn(process, "exit").mockImplementation(((code: number) => resolve(code)) as typeof process.exit);
  });
  const own = closeWhenInterrupted(pgp.close);
  process.emit(signal, signal);
  expect(await ended).toBe(status);
  own();
  expect(told).toBe("factory: interrupted; run the command again to finish\n");
  expect(readdirSync(parent)).toEqual([]);
  pgp = await openPgp(parent);
});
