import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { assertHeld } from "../../../deployer/held-commit";

const directory = mkdtempSync(path.join(tmpdir(), "held-"));
afterAll(() => rmSync(directory, { recursive: true }));
const [root, remote] = [path.join(directory, "checkout"), path.join(directory, "remote.git")];
const url = `file://${remote}`;

function git(...args: string[]): string {
  const identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
  return execFileSync("git", ["-C", root, ...identity, ...args], { encoding: "utf8", stdio: "pipe" }).trim();
}
function commit(message: string): string {
  git("commit", "--quiet", "--allow-empty", "--message", message);
  return git("rev-parse", "HEAD");
}

let pushed: string;
beforeAll(() => {
  execFileSync("git", ["init", "--quiet", "--initial-branch=main", root]);
  execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", remote]);
  pushed = commit("one");
  git("push", "--quiet", url, "HEAD:refs/heads/release");
});

test("a commit that a branch has is there", async () => {
  await assertHeld(root, url, pushed);
});

test("one that a branch has gone on from is there, too", async () => {
  commit("two");
  git("push", "--quiet", url, "HEAD:refs/heads/release");
  git("reset", "--quiet", "--hard", pushed);
  await assertHeld(root, url, pushed);
});

test("one that was not pushed is not, although this checkout has it", async () => {
  const own = commit("three");
  await expect(assertHeld(root, url, own)).rejects.toThrow(
    `infrastructure.git: no branch of ${url} has the deployed commit ${own.slice(0, 12)}, from which Jenkins takes its pipeline: push it there, then deploy again`,
  );
});

test("a repository that can't be read is told in one line", async () => {
  await expect(assertHeld(root, `${url}.none`, pushed)).rejects.toThrow(
    /^infrastructure\.git: .* can't be read: .*; Jenkins needs it$/,
  );
});
