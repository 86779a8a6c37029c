import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { reviewOf } from "../../../publisher/review";

const work = mkdtempSync(path.join(os.tmpdir(), "review-"));
const repository = path.join(work, "recipes");
const git = (...args: string[]): string =>
  execFileSync("git", ["-C", repository, "-c", "user.name=a", "-c", "user.email=a@example.org", ...args], {
    encoding: "utf8",
  }).trim();
const commit = (message: string): string => {
  git("commit", "--quiet", "--allow-empty", "--message", message);
  return git("rev-parse", "HEAD");
};
let reviewed: string;
let other: string;
beforeAll(() => {
  execFileSync("git", ["init", "--quiet", "--initial-branch=main", repository]);
  reviewed = commit("one");
  commit("two");
  git("switch", "--quiet", "--create", "feature");
  other = commit("three");
});
afterAll(() => rmSync(work, { recursive: true }));

const review = (address = repository, branches = ["main"]) => reviewOf(address, branches, work);

test("a commit of a reviewed branch is reviewed, one of another branch is not", async () => {
  expect(await review()(reviewed)).toBe(true);
  expect(await review()(other)).toBe(false);
});

test("one that the repository does not have may be there later", async () => {
  await expect(review()("1".repeat(40))).rejects.toThrow(
    `publish.repository (${repository}): has no commit 111111111111; bring it there, then run the command again`,
  );
});

test("without a repository nobody knows", async () => {
  expect(await reviewOf(undefined, ["main"], work)(reviewed)).toBeUndefined();
});

test("a repository or branch that can not be read is named, without a password", async () => {
  await expect(review(path.join(work, "none"))(reviewed)).rejects.toThrow(
    /^publish\.repository \(.*none\): branch main can not be read: git: fatal: .*none/,
  );
  await expect(review(repository, ["release"])(reviewed)).rejects.toThrow(
    /branch release can not be read: git: fatal: /,
  );
  await expect(review("http://me:secret@127.0.0.1:9/recipes")(reviewed)).rejects.toThrow(
    /^publish\.repository \(http:\/\/127\.0\.0\.1:9\/recipes\): (?!.*secret)/,
  );
});
