import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { compareVersions } from "../../../../stages/lib/debian-version";
import { sha256 } from "../../../../stages/lib/digests";
import { candidateVersions, indexDigest } from "../../../../stages/lib/package-index";
import { readReleases, releaseDigests } from "../../../../stages/lib/repositories";
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

const index = (packages: Record<string, string>): string =>
  Object.entries(packages)
    .map(([name, version]) => `Package: ${name}\nVersion: ${version}\nDescription: Package: no\n`)
    .join("\n");
const xz = (text: string): Buffer => spawnSync("xz", ["-c"], { input: text }).stdout;

describe("candidates", () => {
  const files = new Map<string, Buffer | string>();
  const server = http.createServer((request, response) => {
    const content = files.get(request.url ?? "");
    response.writeHead(content === undefined ? 404 : 200).end(content);
  });
  const directory = mkdtempSync(path.join(tmpdir(), "index-"));
  let plan = PLAN;
  const signal = new AbortController().signal;

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    plan = { ...PLAN, mirrors: { debian: `${url}/debian`, debianSecurity: `${url}/security/` } };
  });
  afterAll(() => {
    server.close();
    rmSync(directory, { recursive: true });
  });
  beforeEach(() => {
    const put = (where: string, packages: Record<string, string>): void => {
      const content = xz(index(packages));
      const name = "main/binary-amd64/Packages.xz";
      files.set(`${where}/${name}`, content);
      files.set(
        `${where}/InRelease`,
        `Suite: x\nMD5Sum:\n ${"0".repeat(32)} 1 ${name}\nSHA256:\n ${sha256(content)} ${content.length} ${name}\n`,
      );
    };
    put("/debian/dists/bookworm", { libc6: "2.36-9+deb12u4", curl: "7.88-1", unwanted: "1" });
    put("/debian/dists/bookworm-updates", { tzdata: "2026a-0+deb12u1" });
    put("/security/dists/bookworm-security", { libc6: "2.36-9+deb12u14", curl: "7.80-1" });
  });

  const candidates = async (): Promise<unknown> =>
    candidateVersions({
      plan,
      releases: await readReleases(plan, signal),
      names: ["libc6", "curl", "tzdata", "gone"],
      directory: path.join(directory, "work"),
      signal,
    });

  test("are the newest of all suites, of the names asked for", async () => {
    expect(await candidates()).toEqual({ libc6: "2.36-9+deb12u14", curl: "7.88-1", tzdata: "2026a-0+deb12u1" });
  });

  test("an index that is not what the signed metadata tells is refused", async () => {
    files.set("/debian/dists/bookworm/main/binary-amd64/Packages.xz", xz(index({ libc6: "9" })));
    await expect(candidates()).rejects.toThrow(/Packages\.xz: is not what its InRelease tells/);
  });

  test("a suite that is not there is named", async () => {
    files.delete("/debian/dists/bookworm-updates/InRelease");
    await expect(candidates()).rejects.toThrow(
      /bookworm-updates\/InRelease: is not there; check infrastructure\.mirrors and os\.codename/,
    );
  });

  test("digests are of the metadata, by suite", async () => {
    const digests = releaseDigests(await readReleases(plan, signal));
    expect(Object.keys(digests)).toEqual(["debian bookworm", "debian bookworm-updates", "debian bookworm-security"]);
    expect(digests["debian bookworm"]).toBe(sha256(String(files.get("/debian/dists/bookworm/InRelease"))));
  });
});

test("an index' digest is looked up in the right section", () => {
  expect(indexDigest("MD5Sum:\n aa 1 x\nSHA256:\n bb 1 y\n cc 2 x\nFoo: bar\n", "x")).toBe("cc");
  expect(indexDigest("MD5Sum:\n aa 1 x\n", "x")).toBeUndefined();
});
