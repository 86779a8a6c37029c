/** Whether a commit is on a reviewed branch: asked of the repository itself, not of who built. */
import { mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { command } from "./command";

/**
 * Throws one line where the repository can't be read or has no such commit: a checkout may lack what was pushed since.
 * @param repository address, or path of a checkout; only commits are fetched where the server can do so
 */
export function reviewOf(
  repository: string | undefined,
  branches: readonly string[],
  work: string,
): (commit: string) => Promise<boolean | undefined> {
  if (repository === undefined) return () => Promise.resolve(undefined);
  // What stands before the host may be a password.
  const where = `publish.repository (${repository.replace(/\/\/[^/@]*@/, "//")})`;
  return async (commit) => {
    const directory = await mkdtemp(path.join(work, "review-"));
    const fetched = (reference: string): Promise<Buffer> =>
      git("fetch", "--quiet", "--no-tags", "--filter=tree:0", "--", repository, reference);
    const git = (...args: readonly string[]): Promise<Buffer> =>
      command("git", ["-C", directory, ...args], { env: { GIT_TERMINAL_PROMPT: "0" }, timeout: 300_000 });
    try {
      await git("init", "--quiet", "--bare");
      for (const branch of branches) {
        const reference = `refs/heads/${branch}:refs/heads/${branch}`;
        await fetched(reference).catch((error: unknown) => {
          throw new Error(`${where}: branch ${branch} can not be read: ${saidBy(error)}`, { cause: error });
        });
        // exit status 1, or 128 for a commit that is not there at all
        const found = await git("merge-base", "--is-ancestor", commit, `refs/heads/${branch}`).then(
          () => true,
          () => false,
        );
        if (found) return true;
      }
      // Its branches could be read just now, so this fails for a commit that is not there.
      const isKnown = await fetched(commit).then(
        () => true,
        () => false,
      );
      if (isKnown) return false;
      throw new Error(`${where}: has no commit ${commit.slice(0, 12)}; bring it there, then run the command again`);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  };
}

/** Without what may be a password. */
function saidBy(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  return said.replace(/\/\/[^/@ ]*@/g, "//");
}
