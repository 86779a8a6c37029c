/** The repository's own recipes, as far as they can be checked without building them. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

const IMAGES = path.join(__dirname, "../../../images");
const below = (directory: string): string[] =>
  readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? below(path.join(directory, entry.name)) : [path.join(directory, entry.name)],
  );
const files = below(IMAGES);
const named = (file: string): string => path.relative(IMAGES, file);
const descriptions = files.filter((file) => path.basename(file) === "config.xml");
const scripts = files.filter((file) => readFileSync(file, "utf8").startsWith("#!"));

/** Prints the root's name and the packages of a description. */
const READ_XML = `
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
print(root.tag, root.get("name"))
print(" ".join(p.get("name") for p in root.iter("package")))
print(" ".join(t.get("image") + ":" + str(t.get("format")) for t in root.iter("type")))
`;

test.each(descriptions.map((file) => [named(file), file]))("%s is KIWI's, of one raw disk", (_, file) => {
  const { status, stdout, stderr } = spawnSync("python3", ["-c", READ_XML, file], { encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  const [root, packages = "", types] = stdout.trim().split("\n");
  expect(root).toBe(`image ${path.basename(path.dirname(file))}`);
  expect(types).toBe("oem:None");
  const names = packages.split(" ");
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain("cloud-init");
});

const SCHEMA = "/usr/lib/python3/dist-packages/kiwi/schema/kiwi.rng";
/** KIWI's own schema is where KIWI is. */
(existsSync(SCHEMA) ? test : test.skip).each(descriptions.map((file) => [named(file), file]))(
  "%s fits KIWI's schema",
  (_, file) => {
    const check = `
import sys
from lxml import etree
schema = etree.RelaxNG(etree.parse(sys.argv[1]))
schema.assertValid(etree.parse(sys.argv[2]))
`;
    const { status, stderr } = spawnSync("/usr/bin/python3", ["-c", check, SCHEMA, file], { encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
  },
);

test.each(scripts.map((file) => [named(file), file]))("%s is a script that bash reads", (_, file) => {
  expect(readFileSync(file, "utf8")).toMatch(/^#!\/bin\/bash\n/);
  expect(statSync(file).mode & 0o111).not.toBe(0);
  expect(spawnSync("bash", ["-n", file], { encoding: "utf8" }).stderr).toBe("");
});

test("nothing of an element that diskimage-builder runs lacks its first line", () => {
  const hooks = files.filter(
    (file) => /\/elements\/[^/]+\/[a-z-]+\.d\/\d\d-/.test(file) && !file.includes("/environment.d/"),
  );
  expect(hooks.length).toBeGreaterThan(3);
  expect(hooks.filter((file) => !scripts.includes(file))).toEqual([]);
});
