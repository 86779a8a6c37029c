/** A real gpg-agent, lent to a "build host" (this machine over a real sshd) for as long as a stage asks for it. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GnupgHome } from "../../../deployer/gnupg";
import { SIGNING_KEY } from "../../../deployer/gnupg-keys";
import { SignerForward, SignerNeed } from "../../../deployer/signer";
import type { BuildEvent } from "../../../model/events";
import { Sshd } from "./lib/sshd";

const OWNER = "Test <test@example.org>";
const none = (): Promise<string> => Promise.resolve("");

let sshd: Sshd;
let directory: string;
let gnupg: GnupgHome;
let fingerprint: string;

beforeAll(async () => {
  sshd = await Sshd.start();
  directory = mkdtempSync(path.join(tmpdir(), "signer-"));
  // Longer than a socket's path may be: the agent must work all the same.
  gnupg = new GnupgHome(path.join(directory, "a-home-with-a-long-path-".repeat(5), "gnupg"));
  ({ fingerprint } = await gnupg.ensureKey(SIGNING_KEY, "generate", OWNER, none));
});
afterAll(async () => {
  await sshd.stop();
  execFileSync("gpgconf", ["--homedir", shortHome(), "--kill", "gpg-agent"]);
  rmSync(directory, { recursive: true });
});

/** As gpg is called by our own code: by a name that is short enough. */
function shortHome(): string {
  return (gnupg as unknown as { short(): string }).short();
}

const event = (fields: Partial<BuildEvent>): BuildEvent => ({
  time: "2026-01-01T00:00:00.000Z",
  build: "b",
  stage: "sign",
  state: "progress",
  ...fields,
});

test("a key is made once", async () => {
  expect(fingerprint).toMatch(/^[0-9A-F]{40}$/);
  expect(await gnupg.ensureKey(SIGNING_KEY, "generate", OWNER, none)).toEqual({ fingerprint, done: "is there" });
  expect(await gnupg.publicKey(fingerprint)).toContain("BEGIN PGP PUBLIC KEY BLOCK");
  await expect(gnupg.proveSigning(fingerprint)).resolves.toBeUndefined();
});

test("a key that is not there is one line with the remedy", async () => {
  const missing = "0".repeat(40);
  const told = /^signing\.key: .* has no key 0{40}; import it there/;
  await expect(gnupg.ensureKey(SIGNING_KEY, missing, OWNER, none)).rejects.toThrow(told);
  await expect(gnupg.proveSigning(missing)).rejects.toThrow(told);
  expect(() => new GnupgHome("/nowhere").fingerprint(SIGNING_KEY, "generate")).toThrow('run "npx factory setup" first');
});

test("the signer is needed from a stage's request to its end, whatever the stage's other events say", () => {
  const need = new SignerNeed();
  expect(need.note(event({ state: "started" }))).toBe(false);
  expect(need.note(event({ data: { needsSigner: true } }))).toBe(true);
  expect(need.note(event({ message: "signed one" }))).toBe(true);
  expect(need.note(event({ stage: "distribute", state: "succeeded" }))).toBe(true);
  expect(need.note(event({ data: { needsSigner: false } }))).toBe(false);
  need.note(event({ data: { needsSigner: true } }));
  expect(need.note(event({ state: "failed" }))).toBe(false);
});

test("the host signs through the forwarded agent, and only while it is lent", async () => {
  const remote = path.join(sshd.directory, "agent.sock");
  const signer = new SignerForward(
    sshd.host("builder", { jump: true }),
    () => gnupg.agentSocket(),
    () => undefined,
    remote,
  );
  const builder = path.join(directory, "b");
  mkdirSync(builder, { mode: 0o700 });
  const gpg = (args: readonly string[], input?: string): Buffer =>
    execFileSync("gpg", ["--homedir", builder, "--batch", "--quiet", "--no-autostart", ...args], {
      input,
      stdio: ["pipe", "pipe", "ignore"],
    });
  gpg(["--import"], await gnupg.publicKey(fingerprint));
  writeFileSync(path.join(builder, "S.gpg-agent"), `%Assuan%\nsocket=${remote}\n`);
  const file = path.join(directory, "artefact");
  writeFileSync(file, "content");
  const sign = (): Buffer =>
    gpg(["--local-user", fingerprint, "--yes", "--output", `${file}.sig`, "--detach-sign", file]);

  expect(sign).toThrow();
  signer.set(true);
  signer.set(true);
  while (!existsSync(remote)) await sleep(50);
  sign();
  gpg(["--output", path.join(directory, "ring.gpg"), "--export", fingerprint]);
  execFileSync("gpgv", ["--quiet", "--keyring", path.join(directory, "ring.gpg"), `${file}.sig`, file], {
    stdio: "ignore",
  });
  // The restricted socket tells no secret key.
  expect(() => gpg(["--export-secret-keys", fingerprint]).toString()).toThrow();
  expect(readFileSync(file, "utf8")).toBe("content");

  signer.set(false);
  let lent = true;
  for (let tried = 0; lent && tried < 100; tried++) {
    await sleep(50);
    try {
      sign();
    } catch {
      lent = false;
    }
  }
  expect(lent).toBe(false);
});
