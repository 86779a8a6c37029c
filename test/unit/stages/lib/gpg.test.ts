import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  exportSigningKey,
  importSigningKey,
  signFile,
  useForwardedAgent,
  verifyFile,
} from "../../../../stages/lib/gpg";
import { layout } from "../../../../stages/lib/layout";
import { PLAN } from "../plan";

// Sockets have short paths.
const directory = mkdtempSync(path.join(tmpdir(), "g-"));
const owner = path.join(directory, "owner");
const signal = new AbortController().signal;
const paths = {
  ...layout(PLAN, directory),
  secrets: directory,
  gnupg: path.join(directory, "host"),
  agentSocket: path.join(owner, "S.gpg-agent.extra"),
};
let fingerprint = "";

const gpg = (...args: string[]): string =>
  execFileSync("gpg", ["--homedir", owner, "--batch", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });

beforeAll(() => {
  mkdirSync(owner, { mode: 0o700 });
  gpg("--passphrase", "", "--quick-generate-key", "Test <test@example.org>", "ed25519", "sign", "never");
  fingerprint = /^fpr:::::::::([0-9A-F]{40}):/m.exec(gpg("--with-colons", "--list-keys"))?.[1] ?? "";
  execFileSync("gpg-connect-agent", ["--homedir", owner, "/bye"], { stdio: "ignore" });
});
afterAll(() => {
  execFileSync("gpgconf", ["--homedir", owner, "--kill", "gpg-agent"]);
  rmSync(directory, { recursive: true });
});

test("signs by an agent elsewhere with only the public key here, and verifies", async () => {
  await importSigningKey(paths, { fingerprint, publicKey: gpg("--armor", "--export", fingerprint) }, signal);
  expect(existsSync(path.join(paths.gnupg, "private-keys-v1.d"))).toBe(false);
  await useForwardedAgent(paths, { timeout: 5, signal });
  const keyring = path.join(directory, "signing-key.gpg");
  await exportSigningKey(paths, fingerprint, { keyring, armoured: path.join(directory, "signing-key.asc") }, signal);
  const file = path.join(directory, "artefact");
  writeFileSync(file, "content");
  const signature = await signFile(paths, { file, fingerprint, keyring, signal, log: () => undefined });
  expect(signature).toBe(`${file}.asc`);
  await verifyFile({ file, keyring, signal });
  appendFileSync(file, "!");
  await expect(verifyFile({ file, keyring, signal })).rejects.toThrow(/gpgv exited with 1: .*BAD signature/);
});

test("another key than the plan names is refused before anything is built", async () => {
  const publicKey = gpg("--armor", "--export", fingerprint);
  await expect(importSigningKey(paths, { fingerprint: "C".repeat(40), publicKey }, signal)).rejects.toThrow(
    `the public key that attach brought is not ${"C".repeat(40)} (it is ${fingerprint}); check factory.yaml: signing.key`,
  );
});

test("no agent in time is an error that says who brings it", async () => {
  await importSigningKey(paths, { fingerprint, publicKey: gpg("--armor", "--export", fingerprint) }, signal);
  const missing = { ...paths, agentSocket: path.join(directory, "none") };
  await expect(useForwardedAgent(missing, { timeout: 0, signal })).rejects.toThrow(
    /no gpg agent at .*none after 0 s: the deploying side forwards it while it follows the build/,
  );
});
