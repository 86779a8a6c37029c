/** Where a checkout keeps things; the environment may say otherwise. */
import { homedir } from "node:os";
import path from "node:path";

/** FACTORY_CONFIG, or factory.yaml at the repository's root. Relative paths are relative to the root. */
export function configPath(root: string, env: NodeJS.ProcessEnv = process.env): string {
  return path.resolve(root, given(env["FACTORY_CONFIG"]) ?? "factory.yaml");
}

/**
 * FACTORY_HOME, or .factory at the repository's root (git ignores it): what belongs to this deploying side alone: SSH
 * key, known hosts, GnuPG home, state.
 */
export function factoryHome(root: string, env: NodeJS.ProcessEnv = process.env): string {
  return path.resolve(root, given(env["FACTORY_HOME"]) ?? ".factory");
}

/** FACTORY_GNUPG: the GnuPG home on the controller, where `signing` of factory.yaml speaks of another machine. */
export function givenGnupg(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return given(env["FACTORY_GNUPG"]);
}

/** Another checkout that recipes come from (`recipesRoot`). */
export const RECIPES = "FACTORY_RECIPES";

/** FACTORY_RECIPES: another checkout whose images/ is built from, instead of the repository's own. */
export function recipesRoot(root: string, env: NodeJS.ProcessEnv = process.env): string {
  return path.resolve(root, given(env[RECIPES]) ?? "");
}

/** The catalogue of images. */
export function imagesPath(root: string, env: NodeJS.ProcessEnv = process.env): string {
  return path.join(recipesRoot(root, env), "images");
}

/** A path as people write it: relative to `directory`, `~` is their home. */
export function userPath(directory: string, text: string): string {
  return path.resolve(directory, text.replace(/^~(?=\/|$)/, homedir()));
}

/** A variable that is set to nothing is as good as unset. */
function given(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}
