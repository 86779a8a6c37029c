import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Deployment } from "../../../../deployer/deployment";
import { GnupgHome } from "../../../../deployer/gnupg";
import { IMAGE_KEY, SIGNING_KEY } from "../../../../deployer/gnupg-keys";
import { homeAt } from "../../../../deployer/home";
import { openImageKey, proveImageKey } from "../../../../deployer/image-key";
import { signingKeys } from "../../../../deployer/roles/signing-keys";
import type { Handover } from "../../../../deployer/roles/role";
import { AGENT_SIGNING } from "../../../../model/agent";
import type { FactoryConfig } from "../../../../model/config";
import { exampleContext } from "../../stacks/context";

const ROOT = path.join(__dirname, "..", "..", "..", "..");
// sockets have short paths
const directory = mkdtempSync(path.join(tmpdir(), "s-"));
const homes: string[] = [];
const gpg = (home: string, args: readonly string[]): string =>
  execFileSync("gpg", ["--homedir", home, "--batch", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });

/** The deploying side; keys are made in `home` of it. */
function deploying(name: string, signing: Partial<FactoryConfig["signing"]> = {}): Deployment {
  const { config } = exampleContext();
  const home = homeAt(path.join(directory, name));
  homes.push(home.gnupg);
  return {
    root: ROOT,
    home,
    config: { ...config, signing: { ...config.signing, ...signing } },
  } as unknown as Deployment;
}

/** What the node's unit makes of it, by its own program: the deployer's home there. */
function onController({ credentials = [], directories = [] }: Handover, deployment: Deployment): Deployment {
  const node = mkdtempSync(path.join(directory, "n-"));
  const given = path.join(node, "given");
  for (const folder of [given, path.join(node, "run"), path.join(node, "credentials")]) mkdirSync(folder);
  for (const { name, content } of credentials) writeFileSync(path.join(node, "credentials", name), content);
  for (const { path: place, files } of directories) {
    expect(place).toBe(AGENT_SIGNING.files);
    for (const { name, content } of files) writeFileSync(path.join(given, name), content);
  }
  const program = path.join(node, "signing");
  const text = readFileSync(path.join(ROOT, "cloud-init", "files", "factory-deployer-signing"), "utf8");
  writeFileSync(program, text.replaceAll(AGENT_SIGNING.files, given));
  chmodSync(program, 0o755);
  const env = { RUNTIME_DIRECTORY: path.join(node, "run"), CREDENTIALS_DIRECTORY: path.join(node, "credentials") };
  execFileSync(program, { env: { ...process.env, ...env }, stdio: "pipe" });
  const home = homeAt(path.join(node, "factory"), undefined, path.join(node, "run", "gnupg"));
  homes.push(home.gnupg);
  return { ...deployment, home } as Deployment;
}

afterAll(() => {
  for (const home of homes) execFileSync("gpgconf", ["--homedir", home, "--kill", "gpg-agent"], { stdio: "ignore" });
  rmSync(directory, { recursive: true });
});
const none = (): Promise<string> => Promise.reject(new Error("nothing is fetched"));

describe("keys that the factory made", () => {
  const here = deploying("here");
  const gnupg = new GnupgHome(here.home.gnupg);
  let there: Deployment;
  let handover: Handover;
  beforeAll(async () => {
    await gnupg.ensureKey(SIGNING_KEY, "generate", "Test <test@example.org>", none);
    handover = await signingKeys({ deployment: here });
    there = onController(handover, here);
  }, 60_000);

  test("sign on the controller, known as the same ones", async () => {
    const given = new GnupgHome(there.home.gnupg);
    const fingerprint = given.fingerprint(SIGNING_KEY, "generate");
    expect(fingerprint).toBe(gnupg.fingerprint(SIGNING_KEY, "generate"));
    expect(await given.publicKey(fingerprint)).toBe(await gnupg.publicKey(fingerprint));
    await given.proveSigning(fingerprint);
    const [key, same] = [await openImageKey(there), await openImageKey(here)];
    expect(key?.publicKey.equals(same!.publicKey)).toBe(true);
    await proveImageKey(key!);
  }, 60_000);

  test("are a subkey there: what certifies it stays", () => {
    const listed = gpg(there.home.gnupg, ["--with-colons", "--list-secret-keys"]);
    const [identity] = listed.split("\n").filter((line) => line.startsWith("sec:") && line.split(":")[3] === "22");
    // 15: `#` says that the secret is not there
    expect(identity?.split(":")[14]).toBe("#");
  });

  test("go as a credential, and in no file", () => {
    expect(handover.credentials?.map(({ name }) => name)).toEqual(["signing-keys"]);
    expect(handover.directories?.[0]?.files.map(({ name }) => name)).toEqual([
      "factory-signing-key.asc",
      "factory-image-key.asc",
      "factory-signing-key",
      "factory-image-key",
    ]);
    expect(JSON.stringify(handover.directories)).not.toContain("PRIVATE");
    expect(handover.restart).toEqual(["factory-signing.service"]);
  });

  test("a subkey that follows takes its place", async () => {
    const fingerprint = gnupg.fingerprint(SIGNING_KEY, "generate");
    gpg(here.home.gnupg, ["--passphrase", "", "--quick-set-expire", fingerprint, "1w", "*"]);
    await gnupg.ensureKey(SIGNING_KEY, "generate", "", none);
    const given = onController(await signingKeys({ deployment: here }), here).home.gnupg;
    const keys = gpg(given, ["--with-colons", "--list-secret-keys"]).split("\n");
    const secrets = keys.filter((line) => line.startsWith("ssb:")).map((line) => line.split(":")[14]);
    expect(secrets).toEqual(["#", "+"]);
  }, 60_000);
});

test("one that was imported goes, too; its own certificate beside it", async () => {
  const elsewhere = path.join(directory, "elsewhere");
  mkdirSync(elsewhere, { mode: 0o700 });
  homes.push(elsewhere);
  gpg(elsewhere, ["--passphrase", "", "--quick-generate-key", "Brought <b@example.org>", "nistp384", "sign", "never"]);
  const secret = gpg(elsewhere, ["--armor", "--export-secret-keys"]);
  const imageCertificate = path.join(directory, "brought.pem");
  writeFileSync(imageCertificate, "PEM\n");
  const here = deploying("brought", { key: "file:a.asc", imageKey: "file:a.asc", imageCertificate });
  const gnupg = new GnupgHome(here.home.gnupg);
  for (const kind of [SIGNING_KEY, IMAGE_KEY])
    await gnupg.ensureKey(kind, "file:a.asc", "", () => Promise.resolve(secret));
  const there = onController(await signingKeys({ deployment: here }), here);
  const given = new GnupgHome(there.home.gnupg);
  await given.proveSigning(given.fingerprint(SIGNING_KEY, "file:a.asc"));
  await proveImageKey((await openImageKey(there))!);
  expect(readFileSync(path.join(there.home.gnupg, "image-certificate.pem"), "utf8")).toBe("PEM\n");
}, 60_000);

describe("keys that stay", () => {
  test.each([
    ["signing.onController: false", { onController: false }, /there is no key for signing.imageKey yet/],
    ["fingerprints", { key: "A".repeat(40), imageKey: "B".repeat(40) }, /signing.imageKey: .* has no key B{40}/],
  ])("%s: an empty credential and no file, and none is made there", async (_, signing, refused) => {
    const here = deploying("stays", signing);
    const handover = await signingKeys({ deployment: here });
    expect(handover.credentials).toEqual([{ name: "signing-keys", content: "" }]);
    expect(handover.directories?.[0]?.files).toEqual([]);
    await expect(openImageKey(onController(handover, here))).rejects.toThrow(refused);
  });

  test("without an image key only the other one goes", async () => {
    const here = deploying("one", { imageKey: "none" });
    await new GnupgHome(here.home.gnupg).ensureKey(SIGNING_KEY, "generate", "Test <test@example.org>", none);
    const handover = await signingKeys({ deployment: here });
    expect(handover.directories?.[0]?.files.map(({ name }) => name)).toEqual([
      "factory-signing-key.asc",
      "factory-signing-key",
    ]);
  });

  test("one with a passphrase is refused with what to do", async () => {
    const here = deploying("locked", { imageKey: "none" });
    mkdirSync(here.home.gnupg, { recursive: true, mode: 0o700 });
    const args = ["--pinentry-mode", "loopback", "--passphrase", "x", "--quick-generate-key", "L <l@example.org>"];
    gpg(here.home.gnupg, [...args, "ed25519", "sign", "never"]);
    execFileSync("gpgconf", ["--homedir", here.home.gnupg, "--kill", "gpg-agent"], { stdio: "ignore" });
    const [, fingerprint = ""] =
      /^fpr:+([0-9A-F]{40}):/m.exec(gpg(here.home.gnupg, ["--with-colons", "--list-keys"])) ?? [];
    writeFileSync(path.join(here.home.gnupg, "factory-signing-key"), `${fingerprint}\n`);
    await expect(signingKeys({ deployment: here })).rejects.toThrow(
      /signing\.key: .* can not be handed over to the controller .* signing\.onController: false/,
    );
  }, 60_000);

  test("a renewal of certificates alone hands over none", async () => {
    expect(await signingKeys({ deployment: deploying("none"), only: "certificates" })).toEqual({});
  });
});
