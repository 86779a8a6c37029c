/** The recipes as the build host gets them: a git bundle of exactly one commit, made without touching the user's checkout. */
import { createHash } from "node:crypto";
import { mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ImageDefinition } from "../model/image";
import { recipeName, SHARED_DIRECTORY } from "../model/image/recipe-name";
import { recipePaths, treeDigest } from "../stages/lib/git";
import { must, run } from "./process";
import { UserError } from "./user-error";

/** The part of the repository that is recipes; changes elsewhere do not make a build dirty. */
const RECIPES = "images";

/** Variables of a git that we may have been started from (a hook) must not point ours elsewhere. */
const OWN_ENVIRONMENT = {
  GIT_DIR: undefined,
  GIT_WORK_TREE: undefined,
  GIT_INDEX_FILE: undefined,
  GIT_OBJECT_DIRECTORY: undefined,
  GIT_ALTERNATE_OBJECT_DIRECTORIES: undefined,
};

export interface Recipes {
  /** 40 hex digits. */
  readonly commit: string;
  readonly dirty: boolean;
  /** That the checkout is on; undefined: on none, as Jenkins' checkouts are. */
  readonly branch?: string | undefined;
  readonly bundle: Buffer;
  /** Object ids of the directories in images/, by name. */
  readonly trees: Readonly<Record<string, string>>;
}

/**
 * What a build's cache is bound to: 32 hex digits that change with anything of its recipe. Of a repository that is not
 * here nothing but the commit is known.
 */
export function recipeIdentity(
  image: ImageDefinition,
  { commit, trees }: Pick<Recipes, "commit"> & Partial<Pick<Recipes, "trees">>,
): string {
  const source = trees ? [trees[recipeName(image)], trees[SHARED_DIRECTORY[image.builder]]] : [commit];
  return createHash("sha256").update(JSON.stringify({ image, source })).digest("hex").slice(0, 32);
}

/** The commit that a branch, tag or commit of a remote repository is now. Throws a UserError when there is none. */
export async function remoteCommit(url: string, ref = "HEAD"): Promise<string> {
  if (/^[0-9a-f]{40}$/.test(ref)) return ref;
  const text = await git(["ls-remote", "--", url, ref, `${ref}^{}`], { env: { GIT_TERMINAL_PROMPT: "0" } });
  const rows = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t"));
  // An annotated tag is listed twice: itself, and (with ^{}) the commit that it names.
  const row = rows.find(([, name]) => name?.endsWith("^{}")) ?? rows[0];
  if (!row?.[0]) throw new UserError(`infrastructure.git: ${url} has no "${ref}"; name a branch, a tag or a commit`);
  return row[0];
}

/**
 * The checkout's recipes. Changes in images/ that are not committed (new files too, unless ignored) make a temporary
 * commit on top of HEAD; it lives in the bundle only. Throws a UserError when there is no commit to take.
 */
export function localRecipes(root: string): Promise<Recipes> {
  return withLocalCommit(root, async ({ repository, commit, dirty, work }) => {
    const bundle = await bundleOf(repository, commit, path.join(work, "bundle"));
    return { commit, dirty, branch: await branchOf(root), bundle, trees: await treesOf(repository, commit) };
  });
}

export interface RecipeState {
  readonly commit: string;
  /** What stage 4 calls the recipe's digest. */
  readonly digest: string;
}

/** What of an image's recipe the checkout holds, without making a bundle of it. */
export function localRecipe(root: string, image: ImageDefinition): Promise<RecipeState> {
  return withLocalCommit(root, ({ repository, commit }) => recipeState(repository, commit, image));
}

/** The same of a remote repository's branch, tag or commit; no file's content is fetched where the server can do without. */
export async function remoteRecipe(url: string, ref: string | undefined, image: ImageDefinition): Promise<RecipeState> {
  const commit = await remoteCommit(url, ref);
  const repository = await mkdtemp(path.join(tmpdir(), "factory-recipe-"));
  try {
    await git(["init", "--quiet", "--bare", repository]);
    const fetch = ["fetch", "--quiet", "--no-tags", "--depth=1", "--filter=blob:none", "--", url, commit];
    await git(["-C", repository, ...fetch], { env: { GIT_TERMINAL_PROMPT: "0" } });
    return await recipeState(repository, commit, image);
  } finally {
    await rm(repository, { recursive: true, force: true });
  }
}

async function recipeState(repository: string, commit: string, image: ImageDefinition): Promise<RecipeState> {
  const { signal } = new AbortController();
  return { commit, digest: await treeDigest(repository, commit, { paths: recipePaths(image) }, { signal }) };
}

interface LocalCommit {
  /** A bare repository that has the commit. */
  readonly repository: string;
  readonly commit: string;
  readonly dirty: boolean;
  /** A directory that goes when the work is done. */
  readonly work: string;
}

async function withLocalCommit<T>(root: string, use: (local: LocalCommit) => Promise<T>): Promise<T> {
  const head = await run("git", ["-C", root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}"], {
    env: OWN_ENVIRONMENT,
  });
  if (head.code !== 0) {
    const said = head.stderr.trim().split("\n")[0];
    throw new UserError(
      `${root}: is no git checkout with a commit${said ? ` (${said})` : ""}; the build host gets the recipes as a git commit`,
    );
  }
  const work = await mkdtemp(path.join(tmpdir(), "factory-recipes-"));
  try {
    const repository = await scratchRepository(root, path.join(work, "git"));
    const committed = head.stdout.trim();
    const commit = (await isDirty(root)) ? await temporaryCommit(root, repository, committed) : committed;
    return await use({ repository, commit, dirty: commit !== committed, work });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function branchOf(root: string): Promise<string | undefined> {
  const { stdout } = await run("git", ["-C", root, "symbolic-ref", "--short", "--quiet", "HEAD"], {
    env: OWN_ENVIRONMENT,
  });
  return stdout.trim() || undefined;
}

async function isDirty(root: string): Promise<boolean> {
  const status = ["status", "--porcelain", "--untracked-files=all", "--", RECIPES];
  return (await git(["-C", root, "--no-optional-locks", ...status])).trim() !== "";
}

/** A bare repository that borrows the checkout's objects and into which all new ones go. */
async function scratchRepository(root: string, directory: string): Promise<string> {
  await git(["init", "--quiet", "--bare", directory]);
  const objects = (await git(["-C", root, "rev-parse", "--git-path", "objects"])).trim();
  await mkdir(path.join(directory, "objects", "info"), { recursive: true });
  await writeFile(path.join(directory, "objects", "info", "alternates"), `${path.resolve(root, objects)}\n`);
  return directory;
}

/** A commit of HEAD's tree with the working tree's images/; index, objects and references of the checkout stay as they are. */
async function temporaryCommit(root: string, scratch: string, parent: string): Promise<string> {
  const when = (await git(["-C", root, "show", "-s", "--format=%ct", parent])).trim();
  const who = { NAME: "Image Factory", EMAIL: "factory@localhost", DATE: `${when} +0000` };
  const identity = Object.entries(who).flatMap(([key, value]) => [
    [`GIT_AUTHOR_${key}`, value],
    [`GIT_COMMITTER_${key}`, value],
  ]);
  const env = {
    ...(Object.fromEntries(identity) as Record<string, string>),
    GIT_DIR: scratch,
    GIT_WORK_TREE: path.resolve(root),
    GIT_INDEX_FILE: path.join(scratch, "recipes-index"),
  };
  const inScratch = (args: readonly string[]): Promise<string> => git(args, { env, cwd: root });
  await inScratch(["read-tree", parent]);
  await inScratch(["add", "--all", "--", RECIPES]);
  const tree = (await inScratch(["write-tree"])).trim();
  const message = `images/ as it is in the working tree, on top of ${parent}`;
  return (await inScratch(["commit-tree", tree, "-p", parent, "-m", message])).trim();
}

/**
 * Declared shallow, a repository ends at the commit: the bundle has its files and none of its history. It names HEAD
 * only; who reads it either clones it or writes the commit into .git/shallow before fetching.
 */
async function bundleOf(scratch: string, commit: string, file: string): Promise<Buffer> {
  await writeFile(path.join(scratch, "shallow"), `${commit}\n`);
  const env = { GIT_DIR: scratch };
  await git(["update-ref", "refs/heads/recipes", commit], { env });
  await git(["symbolic-ref", "HEAD", "refs/heads/recipes"], { env });
  await git(["bundle", "create", "--quiet", file, "HEAD"], { env });
  return readFile(file);
}

async function treesOf(scratch: string, commit: string): Promise<Record<string, string>> {
  const listed = await git(["ls-tree", "-d", "-z", commit, `${RECIPES}/`], { env: { GIT_DIR: scratch } });
  const rows = listed.split("\0").map((row) => /^\S+ tree (\S+)\t(.+)$/.exec(row));
  return Object.fromEntries(rows.flatMap((row) => (row ? [[path.basename(row[2] ?? ""), row[1] ?? ""]] : [])));
}

interface GitOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

function git(args: readonly string[], { env, cwd }: GitOptions = {}): Promise<string> {
  return must("git", args, {
    env: { ...OWN_ENVIRONMENT, ...env },
    timeout: 120_000,
    ...(cwd !== undefined && { cwd }),
  });
}
