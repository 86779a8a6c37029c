import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { ConfigError, loadConfig } from "../../../config/load";
import { configPath, factoryHome } from "../../../config/paths";

const ROOT = path.join(__dirname, "..", "..", "..");
let copy: string;
beforeEach(() => {
  copy = mkdtempSync(path.join(os.tmpdir(), "factory-"));
  cpSync(path.join(ROOT, "factory.yaml"), path.join(copy, "factory.yaml"));
  cpSync(path.join(ROOT, "images"), path.join(copy, "images"), { recursive: true });
});
afterEach(() => rmSync(copy, { recursive: true }));

const lines = (env: NodeJS.ProcessEnv = {}): string[] => {
  try {
    loadConfig(copy, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split("\n");
    throw error;
  }
  return [];
};

test("the repository's own configuration and catalogue", () => {
  const { config, images } = loadConfig(ROOT, {});
  expect(config.factory).toBe("demo");
  expect(images.map((image) => image.name)).toContain("debian-12");
});

test("a home where the kernel keeps no files is refused", () => {
  expect(lines({ FACTORY_HOME: "/proc/self/home" })).toEqual([
    'FACTORY_HOME: "/proc/self/home" is in /proc, where nothing can be kept; set it to another directory',
  ]);
  expect(lines({ FACTORY_HOME: "/procession" })).toEqual([]);
});

test("a checkout of recipes that has none is told by its path and the variable that names it", () => {
  expect(lines({ FACTORY_RECIPES: "/nonexistent" })).toEqual([
    'FACTORY_RECIPES: "/nonexistent" has no images/<name>/image.yaml; set it to a checkout that has some, or to nothing',
  ]);
});

test("problems of all files at once, each with its file", () => {
  writeFileSync(path.join(copy, "factory.yaml"), "factory: Demo\nregions: [{ name: Here, cloud: c, region: r }]\n");
  mkdirSync(path.join(copy, "images", "other"));
  writeFileSync(path.join(copy, "images", "other", "image.yaml"), "name: another\nregions: [Elsewhere]\n");
  const found = lines();
  expect(found.some((line) => /^factory\.yaml:1: factory: "Demo"/.test(line))).toBe(true);
  expect(found).toContain(
    'images/other/image.yaml:1: name: "another" is not its directory\'s name ("other"); write other, or rename the directory',
  );
  expect(found).toContain(
    'images/other/image.yaml:2: regions[0]: "Elsewhere" is no region of factory.yaml; there are Here',
  );
});

test("no configuration", () => {
  expect(lines({ FACTORY_CONFIG: "/nonexistent/factory.yaml" })).toEqual([
    "/nonexistent/factory.yaml: there is no such file; write one (the repository's factory.yaml is a complete example), or set FACTORY_CONFIG to its path",
  ]);
});

test("no images", () => {
  rmSync(path.join(copy, "images"), { recursive: true });
  expect(lines()).toEqual(["images: there is no images/<name>/image.yaml; add an image"]);
});

test("where things are", () => {
  expect(configPath("/repo", {})).toBe("/repo/factory.yaml");
  expect(configPath("/repo", { FACTORY_CONFIG: "other.yaml" })).toBe("/repo/other.yaml");
  expect(factoryHome("/repo", {})).toBe("/repo/.factory");
  expect(factoryHome("/repo", { FACTORY_HOME: "/srv/home" })).toBe("/srv/home");
});
