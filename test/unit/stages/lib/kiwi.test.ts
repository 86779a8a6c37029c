import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { keepPackageList, layDescription } from "../../../../stages/lib/kiwi";

const IMAGES = path.join(__dirname, "../../../../images");
const recipes = readdirSync(IMAGES).filter((name) => existsSync(path.join(IMAGES, name, "config.xml")));
let directory: string;
beforeEach(() => (directory = mkdtempSync(path.join(tmpdir(), "kiwi-"))));
afterEach(() => rmSync(directory, { recursive: true }));
const at = (...parts: string[]): string => path.join(directory, ...parts);

test.each(recipes)("%s is whole with what is shared: description and both scripts, which can be run", async (name) => {
  await layDescription(
    { recipe: path.join(IMAGES, name), sharedRecipe: path.join(IMAGES, "kiwi-common") },
    at("description"),
  );
  expect(existsSync(at("description", "config.xml"))).toBe(true);
  for (const script of ["config.sh", "images.sh"]) {
    const file = at("description", script);
    expect(statSync(file).mode & 0o111).not.toBe(0);
    expect(spawnSync("bash", ["-n", file], { encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
  }
});

test("a recipe's own file wins over the shared one", async () => {
  for (const [place, name] of [
    ["shared", "config.sh"],
    ["shared", "images.sh"],
    ["recipe", "config.sh"],
  ] as const) {
    mkdirSync(at(place), { recursive: true });
    writeFileSync(at(place, name), place);
  }
  await layDescription({ recipe: at("recipe"), sharedRecipe: at("shared") }, at("description"));
  expect(readFileSync(at("description", "config.sh"), "utf8")).toBe("recipe");
  expect(readFileSync(at("description", "images.sh"), "utf8")).toBe("shared");
});

test("a catalogue that shares nothing is built all the same", async () => {
  mkdirSync(at("recipe"));
  writeFileSync(at("recipe", "config.xml"), "<image/>");
  await layDescription({ recipe: at("recipe"), sharedRecipe: at("none") }, at("description"));
  expect(readdirSync(at("description"))).toEqual(["config.xml"]);
});

test("KIWI's list of the installed packages is kept, whatever it is called; none is none", async () => {
  mkdirSync(at("target"));
  await keepPackageList(at("target"), at("builder.packages"));
  expect(existsSync(at("builder.packages"))).toBe(false);
  writeFileSync(at("target", "rocky-9.x86_64-1.0.0.packages"), "bash|…\n");
  writeFileSync(at("target", "rocky-9.x86_64-1.0.0.verified"), "");
  await keepPackageList(at("target"), at("builder.packages"));
  expect(readFileSync(at("builder.packages"), "utf8")).toBe("bash|…\n");
});
