import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { sha256 } from "../../../../stages/lib/digests";
import { readReleases } from "../../../../stages/lib/repositories";
import { signedArchives } from "../../../../stages/lib/signed-archives";
import { DebianRepository } from "../debian-repository";
import { PLAN } from "../plan";

const signal = new AbortController().signal;
const root = mkdtempSync(path.join(tmpdir(), "signed-"));
const keyring = path.join(root, "keyring.gpg");
const SUITES = ["/debian/dists/bookworm", "/debian/dists/bookworm-updates", "/security/dists/bookworm-security"];
const HASH = sha256("curl");
let repository: DebianRepository;

function gpg(args: readonly string[], input = ""): string {
  const home = path.join(root, "gnupg");
  const done = spawnSync("gpg", ["--homedir", home, "--batch", ...args], { input, encoding: "utf8" });
  if (done.status !== 0) throw new Error(done.stderr);
  return done.stdout;
}

beforeAll(async () => {
  mkdirSync(path.join(root, "gnupg"), { mode: 0o700 });
  gpg(["--passphrase", "", "--quick-gen-key", "Repository <repository@example.org>", "ed25519", "sign"]);
  gpg(["--output", keyring, "--export"]);
  repository = await DebianRepository.start();
  for (const suite of SUITES) {
    repository.put(suite, { curl: `1:7.88-1\nArchitecture: amd64\nSize: 4\nSHA256: ${HASH}` });
    sign(suite, String(repository.files.get(`${suite}/InRelease`)));
  }
});
afterAll(async () => {
  spawnSync("gpgconf", ["--homedir", path.join(root, "gnupg"), "--kill", "all"]);
  await repository.stop();
  rmSync(root, { recursive: true });
});

function sign(suite: string, text: string): void {
  repository.files.set(`${suite}/InRelease`, gpg(["--clearsign"], text));
}

async function archives(): Promise<unknown> {
  const plan = { ...PLAN, mirrors: repository.mirrors };
  const releases = await readReleases(plan, signal);
  return signedArchives({ plan, releases, directory: path.join(root, "work"), signal, keyring });
}

test("names and hashes of what a signed index lists", async () => {
  expect(await archives()).toEqual(new Map([[HASH, { file: "curl_1%3a7.88-1_amd64.deb", package: "curl", size: 4 }]]));
  expect(readdirSync(path.join(root, "work"))).toEqual([]);
});

test.each([
  ["metadata that was changed", (text: string) => text.replace(/\d ?main/, "1 main").replace("Suite: x", "Suite: y")],
  ["metadata without a signature", () => "Suite: x\n"],
])("fails for %s, with its address", async (_, change) => {
  const place = "/debian/dists/bookworm-updates/InRelease";
  const good = String(repository.files.get(place));
  const forged = change(good);
  expect(forged).not.toBe(good);
  repository.files.set(place, forged);
  await expect(archives()).rejects.toThrow(/bookworm-updates\/InRelease: is not signed with a key of/);
  repository.files.set(place, good);
});

test("fails when the index is not what the signed metadata tells", async () => {
  repository.forge("/debian/dists/bookworm", { curl: "9" });
  await expect(archives()).rejects.toThrow("is not what its InRelease tells");
});
