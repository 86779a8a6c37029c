import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { checkoutCommit, isCheckoutOf, treeDigest } from "../../../../stages/lib/git";

const directory = mkdtempSync(path.join(tmpdir(), "git-"));
const origin = path.join(directory, "origin");
const signal = new AbortController().signal;
const options = { signal };

const git = (...args: string[]): string =>
  execFileSync("git", ["-C", origin, "-c", "user.name=t", "-c", "user.email=t@example.org", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }).trim();

function commit(file: string, content: string): string {
  mkdirSync(path.dirname(path.join(origin, file)), { recursive: true });
  writeFileSync(path.join(origin, file), content);
  git("add", "-A");
  git("commit", "-q", "-m", "change");
  return git("rev-parse", "HEAD");
}

let first = "";
let second = "";
let third = "";

beforeAll(() => {
  mkdirSync(origin);
  git("init", "-q");
  first = commit("images/a/image.yaml", "name: a\n");
  second = commit("images/a/image.yaml", "name: a\nowner: o\n");
  third = commit("README.md", "nothing of a recipe\n");
});
afterAll(() => rmSync(directory, { recursive: true }));

/** A bundle of one commit without its history, as a deployer makes it. */
function shallowBundle(): string {
  const clone = path.join(mkdtempSync(path.join(directory, "clone-")), "git");
  execFileSync("git", ["clone", "-q", "--bare", "--depth=1", `file://${origin}`, clone]);
  const bundle = path.join(directory, "recipes.bundle");
  execFileSync("git", ["-C", clone, "bundle", "create", "--quiet", bundle, "HEAD"]);
  return bundle;
}

test("checks out the one commit of a bundle that has no history", async () => {
  const target = path.join(directory, "from-bundle");
  const bundle = shallowBundle();
  await checkoutCommit({ source: bundle, commit: third, directory: target, signal });
  expect(readFileSync(path.join(target, "images/a/image.yaml"), "utf8")).toContain("owner: o");
  expect(await isCheckoutOf(target, third, options)).toBe(true);
  expect(await isCheckoutOf(target, second, options)).toBe(false);
  writeFileSync(path.join(target, "images/a/image.yaml"), "changed");
  expect(await isCheckoutOf(target, third, options)).toBe(false);
  expect(await isCheckoutOf(path.join(directory, "nowhere"), third, options)).toBe(false);
});

test("a bundle of another commit than the plan's is refused", async () => {
  const source = shallowBundle();
  const work = checkoutCommit({ source, commit: first, directory: path.join(directory, "other"), signal });
  await expect(work).rejects.toThrow(`holds commit ${third}, the plan asks for ${first}`);
});

test("clones one commit of a repository", async () => {
  git("config", "uploadpack.allowReachableSHA1InWant", "true");
  const target = path.join(directory, "from-repository");
  await checkoutCommit({ source: `file://${origin}`, commit: second, directory: target, signal });
  expect(await isCheckoutOf(target, second, options)).toBe(true);
});

test("a recipe's digest changes with its files and with nothing else", async () => {
  const digest = async (at: string): Promise<string> =>
    treeDigest(origin, at, { paths: ["images/a", "images/elements"] }, options);
  expect(await digest(first)).toMatch(/^[0-9a-f]{64}$/);
  expect(await digest(second)).not.toBe(await digest(first));
  expect(await digest(third)).toBe(await digest(second));
  const fourth = commit("images/a/tests/t.sh", "true\n");
  const without = { paths: ["images/a"], without: ["images/a/tests"] };
  expect(await digest(fourth)).not.toBe(await digest(third));
  expect(await treeDigest(origin, fourth, without, options)).toBe(await treeDigest(origin, third, without, options));
});
