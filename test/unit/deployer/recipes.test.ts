/** Recipes as a bundle, by a real git. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { localRecipe, localRecipes, recipeIdentity, remoteCommit, remoteRecipe } from "../../../deployer/recipes";
import type { ImageDefinition } from "../../../model/image";
import { checkoutCommit, recipePaths, treeDigest } from "../../../stages/lib/git";

let directory: string;
let repository: string;

const git = (...args: string[]): string => {
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"];
  return execFileSync("git", ["-C", repository, ...identity, ...args], { encoding: "utf8" }).trim();
};
const write = (name: string, content: string): void => {
  mkdirSync(path.dirname(path.join(repository, name)), { recursive: true });
  writeFileSync(path.join(repository, name), content);
};

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "recipes-"));
  repository = path.join(directory, "a repository");
  mkdirSync(repository);
  git("init", "--quiet", "--initial-branch=main");
  for (const version of ["first", "second", "third"]) {
    write("images/debian-12/image.yaml", version);
    write("README", version);
    git("add", "--all");
    git("commit", "--quiet", "--message", version);
  }
});
afterEach(() => rmSync(directory, { recursive: true }));

/** What a build host makes of a bundle. */
async function onTheHost(bundle: Buffer, commit: string): Promise<string> {
  const source = path.join(directory, "recipes.bundle");
  const checkout = path.join(directory, "checkout");
  writeFileSync(source, bundle);
  await checkoutCommit({ source, commit, directory: checkout, signal: new AbortController().signal });
  return checkout;
}

test("a clean tree gives HEAD, without its history", async () => {
  const { commit, dirty, bundle } = await localRecipes(repository);
  expect(dirty).toBe(false);
  expect(commit).toBe(git("rev-parse", "HEAD"));
  const checkout = await onTheHost(bundle, commit);
  expect(readFileSync(path.join(checkout, "images/debian-12/image.yaml"), "utf8")).toBe("third");
  expect(execFileSync("git", ["-C", checkout, "rev-list", "--count", "HEAD"], { encoding: "utf8" }).trim()).toBe("1");
});

test("changed, new and removed files of images/ make a temporary commit; the checkout notices nothing", async () => {
  write("images/debian-12/image.yaml", "changed");
  git("add", "--all");
  write("images/new/image.yaml", "new");
  write("images/debian-12/elements/base/run", "staged\n");
  git("add", "images/debian-12/elements");
  git("rm", "--quiet", "--cached", "README");
  const before = { status: git("status", "--porcelain"), objects: git("count-objects"), refs: git("for-each-ref") };
  const { commit, dirty, bundle } = await localRecipes(repository);
  expect({ status: git("status", "--porcelain"), objects: git("count-objects"), refs: git("for-each-ref") }).toEqual(
    before,
  );
  expect(dirty).toBe(true);
  expect(commit).not.toBe(git("rev-parse", "HEAD"));
  const checkout = await onTheHost(bundle, commit);
  expect(readFileSync(path.join(checkout, "images/debian-12/image.yaml"), "utf8")).toBe("changed");
  expect(readdirSync(path.join(checkout, "images"))).toEqual(["debian-12", "new"]);
  // Changes elsewhere are not recipes: what is committed counts.
  expect(readFileSync(path.join(checkout, "README"), "utf8")).toBe("third");
});

test("the same changes give the same commit", async () => {
  write("images/debian-12/image.yaml", "changed");
  expect((await localRecipes(repository)).commit).toBe((await localRecipes(repository)).commit);
});

test("changes outside of images/ leave the build clean", async () => {
  write("README", "changed");
  write("other/file", "new");
  expect((await localRecipes(repository)).dirty).toBe(false);
});

test("a worktree works as a clone does", async () => {
  git("worktree", "add", "--quiet", "--detach", path.join(directory, "worktree"));
  const { commit, bundle } = await localRecipes(path.join(directory, "worktree"));
  await expect(onTheHost(bundle, commit)).resolves.toBeDefined();
});

test("no repository, or one without a commit, is one line", async () => {
  await expect(localRecipes(directory)).rejects.toThrow(/is no git checkout with a commit/);
});

test("a remote's branch, tag and commit are resolved", async () => {
  const head = git("rev-parse", "HEAD");
  git("tag", "--annotate", "--message", "release", "v1", "HEAD~1");
  expect(await remoteCommit(repository, "main")).toBe(head);
  expect(await remoteCommit(repository, "v1")).toBe(git("rev-parse", "HEAD~1"));
  expect(await remoteCommit(repository, head)).toBe(head);
  await expect(remoteCommit(repository, "gone")).rejects.toThrow(/has no "gone"; name a branch, a tag or a commit/);
});

test("what a cache is bound to changes with the recipe, its elements and nothing else", async () => {
  const image = { name: "debian-12", builder: "diskimage-builder" } as ImageDefinition;
  const identity = async (): Promise<string> => recipeIdentity(image, await localRecipes(repository));
  const seen = [await identity()];
  write("images/other/image.yaml", "another image");
  write("README", "changed");
  git("add", "--all");
  git("commit", "--quiet", "--message", "elsewhere");
  expect(await identity()).toBe(seen[0]);
  expect(seen[0]).toMatch(/^[0-9a-f]{32}$/);
  write("images/debian-12/elements/x/install.d/10-x", "malice");
  seen.push(await identity());
  git("add", "--all");
  git("commit", "--quiet", "--message", "its own element");
  expect(await identity()).toBe(seen[1]);
  write("images/elements/common/element-deps", "x");
  seen.push(await identity());
  seen.push(recipeIdentity({ ...image, name: "other" }, await localRecipes(repository)));
  seen.push(recipeIdentity(image, { commit: "1".repeat(40) }), recipeIdentity(image, { commit: "2".repeat(40) }));
  expect(new Set(seen).size).toBe(6);
});

test("what recipes share counts for those of its builder alone", async () => {
  const made = async (builder: ImageDefinition["builder"]) => {
    const image = { name: "debian-12", builder } as ImageDefinition;
    const { digest } = await localRecipe(repository, image);
    return { digest, identity: recipeIdentity(image, await localRecipes(repository)) };
  };
  const before = { dib: await made("diskimage-builder"), kiwi: await made("kiwi") };
  write("images/kiwi-common/config.sh", "changed");
  expect(await made("diskimage-builder")).toEqual(before.dib);
  const after = await made("kiwi");
  expect(after.digest).not.toBe(before.kiwi.digest);
  expect(after.identity).not.toBe(before.kiwi.identity);
});

describe("an image's recipe, without its files", () => {
  const { signal } = new AbortController();
  const image = { name: "debian-12", builder: "diskimage-builder" } as ImageDefinition;

  test("has the digest that the build host finds, of what is not committed too", async () => {
    write("images/debian-12/elements/base/run", "new\n");
    const { commit, digest } = await localRecipe(repository, image);
    const { bundle, ...bundled } = await localRecipes(repository);
    expect(bundled.commit).toBe(commit);
    const checkout = await onTheHost(bundle, commit);
    expect(digest).toBe(await treeDigest(checkout, commit, { paths: recipePaths(image) }, { signal }));
  });

  test("is the same for a commit that leaves it alone, and another for one that does not", async () => {
    const { digest } = await localRecipe(repository, image);
    write("README", "fourth");
    git("commit", "--quiet", "--all", "--message", "fourth");
    expect((await localRecipe(repository, image)).digest).toBe(digest);
    write("images/debian-12/image.yaml", "fifth");
    expect((await localRecipe(repository, image)).digest).not.toBe(digest);
  });

  test("of a remote repository is that of the branch", async () => {
    const remote = await remoteRecipe(repository, "main", image);
    expect(remote).toEqual(await localRecipe(repository, image));
  });
});
