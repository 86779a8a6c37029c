/** Whether a commit is on a reviewed branch: asked of the repository itself, not of who built. */
import { mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { command } from "./command";

/** @param repository address, or path of a checkout; only commits are fetched where the server can do so */
export function reviewOf(
  repository: string | undefined,
  branches: readonly string[],
  work: string,
): (commit: string) => Promise<boolean | undefined> {
  if (repository === undefined) return () => Promise.resolve(undefined);
  return async (commit) => {
    const directory = await mkdtemp(path.join(work, "review-"));
    const git = (...args: readonly string[]): Promise<Buffer> =>
      command("git", ["-C", directory, ...args], { env: { GIT_TERMINAL_PROMPT: "0" }, timeout: 300_000 });
    try {
      await git("init", "--quiet", "--bare");
      for (const branch of branches) {
        const reference = `refs/heads/${branch}:refs/heads/${branch}`;
        await git("fetch", "--quiet", "--no-tags", "--filter=tree:0", "--", repository, reference);
        // exit status 1, or 128 for a commit that is not there at all
        const found = await git("merge-base", "--is-ancestor", commit, `refs/heads/${branch}`).then(
          () => true,
          () => false,
        );
        if (found) return true;
      }
      return false;
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  };
}
