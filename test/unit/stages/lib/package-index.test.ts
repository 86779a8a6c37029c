import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { compareVersions } from "../../../../stages/lib/debian-version";
import { sha256 } from "../../../../stages/lib/digests";
import { candidateVersions, indexDigest } from "../../../../stages/lib/package-index";
import { readReleases, releaseDigests } from "../../../../stages/lib/repositories";
import { DebianRepository } from "../debian-repository";
import { PLAN } from "../plan";

const VERSIONS = [
  "1.0",
  "1.0-1",
  "1.0-1+deb12u1",
  "1.0-1+deb12u10",
  "1.0-1~bpo1",
  "1:0.9",
  "1.0~rc1",
  "1.0a",
  "1.0+b1",
  "2.36-9+deb12u4",
  "2.36-9+deb12u14",
  "0",
  "1.00",
  "1.0.",
  "12",
  "9",
];

test("orders versions as dpkg does", () => {
  const pairs = VERSIONS.flatMap((a) => VERSIONS.map((b) => [a, b] as const));
  // One shell for all of them: a process for each takes seconds.
  const script = pairs.map(([a, b]) => `dpkg --compare-versions '${a}' lt '${b}' && echo 1 || echo 0`).join("\n");
  const { stdout } = spawnSync("sh", { input: script, encoding: "utf8" });
  const expected = stdout.trim().split("\n");
  expect(expected).toHaveLength(pairs.length);
  expect(pairs.map(([a, b]) => (compareVersions(a, b) < 0 ? "1" : "0"))).toEqual(expected);
});

describe("candidates", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "index-"));
  const signal = new AbortController().signal;
  let repository: DebianRepository;
  let plan = PLAN;

  beforeEach(async () => {
    repository = await DebianRepository.start();
    plan = { ...PLAN, mirrors: repository.mirrors };
    repository.put("/debian/dists/bookworm", { libc6: "2.36-9+deb12u4", curl: "7.88-1", unwanted: "1" });
    repository.put("/debian/dists/bookworm-updates", { tzdata: "2026a-0+deb12u1" });
    repository.put("/security/dists/bookworm-security", { libc6: "2.36-9+deb12u14", curl: "7.80-1" });
  });
  afterEach(() => repository.stop());
  afterAll(() => rmSync(directory, { recursive: true }));

  const candidates = async (more: { readonly keep?: boolean } = {}): Promise<unknown> =>
    candidateVersions({
      plan,
      releases: await readReleases(plan, signal),
      names: ["libc6", "curl", "tzdata", "gone"],
      directory: path.join(directory, "work"),
      signal,
      ...more,
    });
  const NEWEST = { libc6: "2.36-9+deb12u14", curl: "7.88-1", tzdata: "2026a-0+deb12u1" };

  test("are the newest of all suites, of the names asked for; nothing is kept", async () => {
    expect(await candidates()).toEqual(NEWEST);
    expect(readdirSync(path.join(directory, "work"))).toEqual([]);
  });

  test("an index that was kept is not read again, a new one and a broken one are", async () => {
    await candidates({ keep: true });
    repository.asked.length = 0;
    expect(await candidates({ keep: true })).toEqual(NEWEST);
    expect(repository.asked.filter((url) => url.endsWith(".xz"))).toEqual([]);
    repository.put("/debian/dists/bookworm", { curl: "7.88-2" });
    expect(await candidates({ keep: true })).toEqual({ ...NEWEST, curl: "7.88-2" });
    expect(repository.asked.filter((url) => url.endsWith(".xz"))).toHaveLength(1);
    for (const name of readdirSync(path.join(directory, "work"))) {
      writeFileSync(path.join(directory, "work", name), "cut o");
    }
    expect(await candidates({ keep: true })).toEqual({ ...NEWEST, curl: "7.88-2" });
  });

  test("an index that is not what the signed metadata tells is refused", async () => {
    repository.forge("/debian/dists/bookworm", { libc6: "9" });
    await expect(candidates()).rejects.toThrow(/Packages\.xz: is not what its InRelease tells/);
  });

  test("a suite that is not there is named", async () => {
    repository.files.delete("/debian/dists/bookworm-updates/InRelease");
    await expect(candidates()).rejects.toThrow(
      /bookworm-updates\/InRelease: is not there; check infrastructure\.mirrors and os\.codename/,
    );
  });

  test("digests are of the metadata, by suite", async () => {
    const digests = releaseDigests(await readReleases(plan, signal));
    expect(Object.keys(digests)).toEqual(["debian bookworm", "debian bookworm-updates", "debian bookworm-security"]);
    const text = String(repository.files.get("/debian/dists/bookworm/InRelease"));
    expect(digests["debian bookworm"]).toBe(sha256(text));
  });
});

test("an index' digest is looked up in the right section", () => {
  expect(indexDigest("MD5Sum:\n aa 1 x\nSHA256:\n bb 1 y\n cc 2 x\nFoo: bar\n", "x")).toBe("cc");
  expect(indexDigest("MD5Sum:\n aa 1 x\n", "x")).toBeUndefined();
});
