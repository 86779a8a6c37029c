/** Whether the repository that Jenkins takes its pipeline from has the deployed commit. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { lastWords, run } from "./process";
import { UserError } from "./user-error";

/** Milliseconds; a history is asked for without its files. */
const WITHIN = 120_000;

/**
 * Throws a UserError when no branch of the repository has the commit, or it can't be read. What this checkout has already
 * is not fetched.
 * @param root a checkout that has the commit
 */
export async function assertHeld(root: string, url: string, commit: string): Promise<void> {
  const work = await mkdtemp(path.join(tmpdir(), "factory-held-"));
  try {
    const repository = path.join(work, "git");
    const clone = ["clone", "--quiet", "--bare", "--filter=tree:0", "--no-tags", "--reference-if-able", root];
    const cloned = await git([...clone, "--", url, repository]);
    if (cloned.code !== 0)
      throw new UserError(`infrastructure.git: ${url} can't be read: ${lastWords(cloned, WITHIN)}; Jenkins needs it`);
    const { stdout } = await git(["-C", repository, "for-each-ref", "--contains", commit, "refs/heads"]);
    if (stdout.trim() !== "") return;
    throw new UserError(
      `infrastructure.git: no branch of ${url} has the deployed commit ${commit.slice(0, 12)}, from which Jenkins takes ` +
        "its pipeline: push it there, then deploy again",
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function git(args: readonly string[]) {
  // nobody is there to be asked for a password
  return run("git", args, { env: { GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" }, timeout: WITHIN });
}
