import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { baseKey, keepBase, takeBase } from "../../../../stages/lib/base-cache";

let directory: string;
let cache: string;
const at = (name: string): string => path.join(directory, name);

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "base-cache-"));
  cache = at("cache");
});
afterEach(async () => rm(directory, { recursive: true, force: true }));

async function keep(key: string, content: string): Promise<void> {
  await writeFile(at("made"), content);
  await keepBase(cache, key, at("made"));
}

test("what was kept is there for the next build", async () => {
  await keep(baseKey({ suite: "bookworm" }), "a base system");
  expect(await takeBase(cache, baseKey({ suite: "bookworm" }), at("taken"))).toBe(true);
  expect(await readFile(at("taken"), "utf8")).toBe("a base system");
});

test("another key, or an empty cache, has nothing", async () => {
  expect(await takeBase(cache, baseKey({ suite: "bookworm" }), at("taken"))).toBe(false);
  await keep(baseKey({ suite: "bookworm" }), "a base system");
  expect(await takeBase(cache, baseKey({ suite: "trixie" }), at("taken"))).toBe(false);
});

test("an entry that is not what its name says is not used, and removed", async () => {
  const key = baseKey({ suite: "bookworm" });
  await keep(key, "a base system");
  const [entry = ""] = await readdir(cache);
  await writeFile(path.join(cache, entry), "another one");
  expect(await takeBase(cache, key, at("taken"))).toBe(false);
  expect(await readdir(cache)).toEqual([]);
});

test("an entry that is used is young again", async () => {
  await keep("a".repeat(64), "a base system");
  const [entry = ""] = await readdir(cache);
  await utimes(path.join(cache, entry), 1, 1);
  await takeBase(cache, "a".repeat(64), at("taken"));
  expect((await stat(path.join(cache, entry))).mtimeMs).toBeGreaterThan(Date.now() - 60_000);
});

test("the oldest entries go", async () => {
  for (let each = 0; each < 6; each++) {
    await keep(baseKey({ each: String(each) }), `system ${each}`);
    for (const name of await readdir(cache)) {
      if (name.startsWith(baseKey({ each: String(each) }))) await utimes(path.join(cache, name), each, each);
    }
  }
  expect(await readdir(cache)).toHaveLength(2);
  expect(await takeBase(cache, baseKey({ each: "0" }), at("taken"))).toBe(false);
  expect(await takeBase(cache, baseKey({ each: "5" }), at("taken"))).toBe(true);
});

test("the order of what a key is made from does not count", () => {
  expect(baseKey({ a: "1", b: "2" })).toBe(baseKey({ b: "2", a: "1" }));
});
