import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ImageTree } from "../../../../stages/lib/image-tree";

const outside = mkdtempSync(path.join(tmpdir(), "tree-"));
const root = path.join(outside, "root");
const tree = new ImageTree(root);

beforeAll(() => {
  mkdirSync(path.join(root, "etc/deep"), { recursive: true });
  writeFileSync(path.join(outside, "secret"), "of this host");
  writeFileSync(path.join(root, "etc/file"), "inside");
  symlinkSync("/etc/file", path.join(root, "absolute"));
  symlinkSync("../../../../etc/file", path.join(root, "etc/deep/relative"));
  symlinkSync("../secret", path.join(root, "out"));
  symlinkSync("/etc", path.join(root, "directory"));
  symlinkSync("loop", path.join(root, "loop"));
  symlinkSync("/nothing", path.join(root, "broken"));
});
afterAll(() => rmSync(outside, { recursive: true }));

test.each(["/etc/file", "/absolute", "/etc/deep/relative", "/directory/file", "etc/../etc/file"])(
  "%s is read",
  async (name) => {
    expect(await tree.read(name)).toBe("inside");
  },
);

test.each(["/out", "/../secret", "/loop", "/broken", "/nothing", "/etc"])(
  "%s is no file of the image",
  async (name) => {
    expect(await tree.read(name)).toBeUndefined();
  },
);

test("a directory's content, through links too", async () => {
  expect(await tree.list("/directory")).toEqual(["/directory/deep", "/directory/file"]);
  expect(await tree.list("/nothing")).toEqual([]);
});

test("everything once, links as links", async () => {
  const paths = (await tree.all()).map((entry) => entry.path);
  expect(paths).toContain("/etc/deep/relative");
  expect(paths).toContain("/directory");
  expect(paths.filter((each) => each.startsWith("/directory/"))).toEqual([]);
  expect(new Set(paths).size).toBe(paths.length);
});
