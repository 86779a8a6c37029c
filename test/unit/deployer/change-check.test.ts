/** The change check before a build: real git, repositories and Glance behind small servers. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { changeSince } from "../../../deployer/change-check";
import { Deployment } from "../../../deployer/deployment";
import { homeAt } from "../../../deployer/home";
import { localRecipe } from "../../../deployer/recipes";
import type { BuildManifest } from "../../../model/build-manifest";
import type { BuildInputs } from "../../../model/change-check";
import { readReleases, releaseDigests } from "../../../stages/lib/repositories";
import { CloudServer } from "../openstack/cloud-server";
import { DebianRepository } from "../stages/debian-repository";
import { BUILD, PLAN } from "../stages/plan";
import { exampleContext } from "../stacks/context";

const { image } = PLAN;
let directory: string;
let cloud: CloudServer;
let repository: DebianRepository;
let deployment: Deployment;
let last: BuildManifest;

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), "change-"));
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", directory, "-c", "user.name=t", "-c", "user.email=t@example.org", ...args]);
  mkdirSync(path.join(directory, "images", image.name), { recursive: true });
  writeFileSync(path.join(directory, "images", image.name, "image.yaml"), "name: debian-12\n");
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "--message", "recipe");

  repository = await DebianRepository.start();
  repository.put("/debian/dists/bookworm", { curl: "7.88-1", "python3-diskimage-builder": "3.13.0-1" });
  repository.put("/debian/dists/bookworm-updates", {});
  repository.put("/security/dists/bookworm-security", { libc6: "2.36-9+deb12u14" });
  cloud = await CloudServer.start();
  const host = (created_at: string, os_hash_value: string) => ({ name: "factory-host", created_at, os_hash_value });
  cloud.on("GET /v2/images", {
    json: { images: [host("2026-01-02T00:00:00Z", "hash2"), host("2026-01-01T00:00:00Z", "hash1")] },
  });
  const { config } = exampleContext();
  const infrastructure = { ...config.infrastructure, mirrors: repository.mirrors };
  deployment = new Deployment(directory, { ...config, infrastructure }, [image], homeAt(path.join(directory, "home")));
  jest.spyOn(deployment, "project").mockReturnValue(cloud.session());
  last = await release();
});
afterEach(async () => {
  await Promise.all([cloud.stop(), repository.stop()]);
  rmSync(directory, { recursive: true });
});

/** The manifest of a build that was made from everything as it is. */
async function release(): Promise<BuildManifest> {
  const { signal } = new AbortController();
  const releases = await readReleases({ image, mirrors: repository.mirrors }, signal);
  return {
    version: 1,
    factory: "demo",
    image: image.name,
    build: BUILD,
    finished: "2026-01-01T01:00:00Z",
    inputs: {
      recipe: await localRecipe(directory, image),
      builder: {
        name: image.builder,
        version: "3.13.0-1",
        package: "python3-diskimage-builder",
        preinstalled: false,
        release: "bookworm",
      },
      base: { name: "factory-host", hash: "hash2" },
      regions: ["RegionOne", "RegionTwo"],
      repositories: releaseDigests(releases),
      packages: { curl: "7.88-1", libc6: "2.36-9+deb12u14" },
    },
    output: { format: "qcow2", size: 1, virtualSize: 1, sha256: "", sha512: "" },
    regions: [],
  };
}

const check = (manifest: BuildManifest = last) =>
  changeSince(deployment, image, {
    releasedManifest: () => Promise.resolve(JSON.stringify(manifest)),
  });
const withInputs = (inputs: Partial<BuildInputs>): BuildManifest => ({
  ...last,
  inputs: { ...last.inputs, ...inputs },
});

test("nothing has changed: what was compared is told", async () => {
  const { changed, since, reasons } = await check();
  expect({ changed, since }).toEqual({ changed: false, since: BUILD });
  expect(reasons.join()).toMatch(
    /^recipe [0-9a-f]{12}, diskimage-builder 3\.13\.0-1, build host's image hash2 and 2 packages are those of/,
  );
});

test("an image without a release is built, and nothing else is asked", async () => {
  const store = { releasedManifest: () => Promise.resolve(undefined) };
  expect(await changeSince(deployment, image, store)).toMatchObject({ changed: true, since: undefined });
  expect(repository.asked.filter((url) => url.endsWith(".xz"))).toEqual([]);
});

test("a package that was older in the last release is named, with both versions", async () => {
  const older = withInputs({ packages: { ...last.inputs.packages, curl: "7.87-2" } });
  const { changed, reasons, packages } = await check(older);
  expect(changed).toBe(true);
  expect(reasons).toEqual(["packages: 1 with another version (curl 7.87-2 → 7.88-1)"]);
  expect(packages).toEqual([{ name: "curl", from: "7.87-2", to: "7.88-1" }]);
});

test("repositories that were signed anew without another version are no change", async () => {
  repository.put("/security/dists/bookworm-security", { libc6: "2.36-9+deb12u14" }, "Date: tomorrow");
  const { changed, reasons } = await check();
  expect(changed).toBe(false);
  expect(reasons.join()).toContain("2 packages (whose repositories were signed anew)");
});

test("a changed recipe, builder, host image and region: a line each", async () => {
  writeFileSync(path.join(directory, "images", image.name, "image.yaml"), "name: debian-12 # changed\n");
  repository.put("/debian/dists/bookworm", { curl: "7.88-1", "python3-diskimage-builder": "3.14.0-1" });
  const other = withInputs({ base: { name: "factory-host", hash: "hash1" }, regions: ["RegionOne"] });
  const { reasons } = await check(other);
  expect(reasons.map((reason) => reason.split(":")[0])).toEqual([
    "recipe",
    "builder",
    "build host's image",
    "region RegionTwo",
  ]);
  expect(reasons).toContain("builder: diskimage-builder 3.13.0-1 → diskimage-builder 3.14.0-1");
});

test("a builder that came with the build host's image is as old as that", async () => {
  repository.put("/debian/dists/bookworm", { curl: "7.88-1", "python3-diskimage-builder": "3.14.0-1" });
  const builder = { ...last.inputs.builder, preinstalled: true };
  expect((await check(withInputs({ builder }))).changed).toBe(false);
});

test("a manifest that does not tell where the builder came from leaves it to the build host", async () => {
  const builder = { name: image.builder, version: "3.13.0-1" };
  await expect(check(withInputs({ builder }))).rejects.toThrow("does not tell where its builder");
});

test("a mirror that can't be read leaves it to the build host", async () => {
  await repository.stop();
  repository = await DebianRepository.start();
  await expect(check()).rejects.toThrow("check infrastructure.mirrors");
});
