/** The recipes by git: one commit, from a bundle or from the configured repository. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ImageDefinition } from "../../model/image";
import { recipeName, SHARED_DIRECTORY } from "../../model/image/recipe-name";
import { sha256 } from "./digests";
import { StageError } from "./errors";
import { baseEnvironment, exec } from "./exec";
import { exists } from "./files";

/** No prompt, no one's configuration: what is fetched depends on nothing but the arguments. */
const ENVIRONMENT = baseEnvironment({
  GIT_TERMINAL_PROMPT: "0",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
});

export interface GitOptions {
  readonly signal: AbortSignal;
  readonly log?: (line: string) => void;
}

async function git(directory: string, args: readonly string[], options: GitOptions): Promise<string> {
  return (
    await exec("git", ["-C", directory, ...args], { ...options, env: ENVIRONMENT, logOutput: false })
  ).stdout.trim();
}

/**
 * A fresh checkout of one commit. Git names objects by their content's hash, so a source that has another content under
 * this commit's name cannot be checked out.
 */
export async function checkoutCommit(
  options: GitOptions & { readonly source: string; readonly commit: string; readonly directory: string },
): Promise<void> {
  const { source, commit, directory } = options;
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  await git(directory, ["init", "--quiet"], options);
  const fetch = ["-c", "fetch.fsckObjects=true", "fetch", "--quiet", "--no-tags"];
  if (await exists(source)) {
    const [head = "none"] = (await git(directory, ["bundle", "list-heads", source, "HEAD"], options)).split(" ");
    assertCommit(source, head, commit);
    // The bundle ends at its commit: without this line git would look for the parents.
    await writeFile(path.join(directory, ".git", "shallow"), `${commit}\n`);
    await git(directory, [...fetch, source, "HEAD"], options);
  } else {
    await git(directory, [...fetch, "--depth=1", source, commit], options);
  }
  assertCommit(source, await git(directory, ["rev-parse", "FETCH_HEAD"], options), commit);
  await git(directory, ["checkout", "--quiet", "--detach", commit], options);
}

function assertCommit(source: string, found: string, commit: string): void {
  if (found === commit) return;
  throw new StageError(`${source}: holds commit ${found}, the plan asks for ${commit}; deploy the build's stack again`);
}

/** Whether a directory is a clean checkout of this commit. */
export async function isCheckoutOf(directory: string, commit: string, options: GitOptions): Promise<boolean> {
  if (!(await exists(path.join(directory, ".git")))) return false;
  const head = await git(directory, ["rev-parse", "HEAD"], options);
  return head === commit && (await git(directory, ["status", "--porcelain"], options)) === "";
}

/** What an image's recipe is, relative to the repository: its own directory, and what all of its builder's share. */
export function recipePaths(image: Pick<ImageDefinition, "name" | "variantOf" | "builder">): readonly string[] {
  return [`images/${recipeName(image)}`, `images/${SHARED_DIRECTORY[image.builder]}`];
}

export interface TreeFilter {
  /** Files and directories that count, relative to the repository. */
  readonly paths: readonly string[];
  /** Directories below them that do not. */
  readonly without?: readonly string[];
}

/**
 * One hash over names, modes and contents of files at a commit (of git's own list of them). Equal trees have equal
 * digests, whatever else the commits hold.
 */
export async function treeDigest(
  directory: string,
  commit: string,
  { paths, without = [] }: TreeFilter,
  options: GitOptions,
): Promise<string> {
  const list = await git(directory, ["ls-tree", "-r", "--full-tree", commit, "--", ...paths], options);
  const left = list.split("\n").filter((line) => !without.some((path) => line.split("\t")[1]?.startsWith(`${path}/`)));
  return sha256(left.join("\n"));
}
