/** Reads factory.yaml and the catalogue of images. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { parseConfig, type FactoryConfig } from "../model/config";
import { parseImage, type ImageDefinition } from "../model/image";
import { SHARED_DIRECTORY } from "../model/image/recipe-name";
import { withVariants } from "../model/image/variants";
import { formatProblem, type Problem } from "../model/problem";
import { kernelTreeOf } from "./kernel-trees";
import { configPath, factoryHome, imagesPath, RECIPES, recipesRoot } from "./paths";

/** Everything that is wrong with the configuration, one line each. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(formatProblem).join("\n"));
    this.name = "ConfigError";
  }
}

export interface LoadedConfig {
  readonly config: FactoryConfig;
  /** By name; an image's variants come after it. */
  readonly images: readonly ImageDefinition[];
}

/**
 * Configuration and catalogue of a checkout. Throws a ConfigError with the problems of all files at once.
 * @param root the repository's root
 */
export function loadConfig(root: string, env: NodeJS.ProcessEnv = process.env): LoadedConfig {
  const file = configPath(root, env);
  const parsed = isFile(file)
    ? parseConfig(readFileSync(file, "utf8"), named(file, root))
    : { problems: [noFile(file, root)], regionNames: undefined, architecture: undefined };
  const incomplete = withoutDefinition(imagesPath(root, env));
  const regions = "config" in parsed ? parsed.config.regions.map((region) => region.name) : parsed.regionNames;
  const architecture = "config" in parsed ? parsed.config.nodes.buildHost.architecture : parsed.architecture;
  const shared = elementsIn(path.join(imagesPath(root, env), SHARED_DIRECTORY["diskimage-builder"]));
  const files = imageFiles(imagesPath(root, env));
  const names = files.map(({ directory }) => directory);
  const images = files.map(({ directory, file: imageFile }) =>
    parseImage(readFileSync(imageFile, "utf8"), named(imageFile, root), {
      directory,
      regions,
      images: names,
      elements: [...elementsIn(path.join(imagesPath(root, env), directory, "elements")), ...shared],
      files: readdirSync(path.join(imagesPath(root, env), directory)),
      architecture,
    }),
  );
  const problems = [
    ...("problems" in parsed ? parsed.problems : []),
    ...images.flatMap((image) => ("problems" in image ? image.problems : [])),
    ...incomplete,
    ...(images.length === 0 ? [noImages(root, env)] : []),
    ...homeProblems(factoryHome(root, env)),
  ];
  if (problems.length > 0 || !("config" in parsed)) throw new ConfigError(problems);
  return {
    config: parsed.config,
    images: images.flatMap((image) => ("image" in image ? withVariants(image.image) : [])),
  };
}

/** How messages call the configuration that is in use. */
export function configName(root: string, env: NodeJS.ProcessEnv = process.env): string {
  return named(configPath(root, env), root);
}

function imageFiles(catalogue: string): { directory: string; file: string }[] {
  if (!existsSync(catalogue)) return [];
  return readdirSync(catalogue)
    .sort()
    .map((directory) => ({ directory, file: path.join(catalogue, directory, "image.yaml") }))
    .filter(({ file }) => existsSync(file));
}

/** Names of own elements. */
function elementsIn(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true })
    .filter((one) => one.isDirectory())
    .map(({ name }) => name);
}

/** Directories of the catalogue that would else be left out without a word; some are shared by recipes. */
function withoutDefinition(catalogue: string): Problem[] {
  if (!existsSync(catalogue)) return [];
  return readdirSync(catalogue, { withFileTypes: true })
    .filter((one) => one.isDirectory() && !Object.values(SHARED_DIRECTORY).includes(one.name))
    .filter(({ name }) => !existsSync(path.join(catalogue, name, "image.yaml")))
    .map(({ name }) => ({
      file: `images/${name}`,
      path: "",
      message: "has no image.yaml",
      remedy: "add one, or remove the directory",
    }));
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Short within the checkout, absolute elsewhere. */
function named(file: string, root: string): string {
  const relative = path.relative(root, file);
  return relative.startsWith("..") ? file : relative;
}

function noFile(file: string, root: string): Problem {
  const remedy = "write one (the repository's factory.yaml is a complete example), or set FACTORY_CONFIG to its path";
  return { file: named(file, root), path: "", message: "there is no such file", remedy };
}

function homeProblems(home: string): Problem[] {
  const tree = kernelTreeOf(home);
  if (tree === undefined) return [];
  const message = `is in ${tree}, where nothing can be kept`;
  return [{ file: "FACTORY_HOME", path: "", value: home, message, remedy: "set it to another directory" }];
}

function noImages(root: string, env: NodeJS.ProcessEnv): Problem {
  const recipes = recipesRoot(root, env);
  if (recipes !== path.resolve(root)) {
    const remedy = "set it to a checkout that has some, or to nothing";
    return { file: RECIPES, path: "", value: recipes, message: "has no images/<name>/image.yaml", remedy };
  }
  return { file: "images", path: "", message: "there is no images/<name>/image.yaml", remedy: "add an image" };
}
