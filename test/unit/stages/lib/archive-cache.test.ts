import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { keepArchives, takeArchives } from "../../../../stages/lib/archive-cache";
import { sha256 } from "../../../../stages/lib/digests";
import { archiveName, type SignedArchive } from "../../../../stages/lib/signed-archives";

const signal = new AbortController().signal;
let root: string;
let cache: string;
const at = (...parts: string[]): string => path.join(root, ...parts);

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "archives-"));
  cache = at("cache");
});
afterEach(async () => rm(root, { recursive: true, force: true }));

const CONTENTS = { curl: "the archive of curl", less: "that of less", zsh: "that of zsh" };
const signed = new Map<string, SignedArchive>(
  Object.entries(CONTENTS).map(([name, content]) => [
    sha256(content),
    { file: archiveName(name, "1:2.0-1", "amd64"), package: name, size: content.length },
  ]),
);
const fileOf = (name: string): string => `${name}_1%3a2.0-1_amd64.deb`;
const keyOf = (name: keyof typeof CONTENTS): string => `${sha256(CONTENTS[name])}.deb`;

/** What a build left. */
async function fetched(host: string, archives: Readonly<Record<string, string>>): Promise<string> {
  await mkdir(at(host, "partial"), { recursive: true });
  for (const [name, content] of Object.entries(archives)) await writeFile(at(host, fileOf(name)), content);
  return at(host);
}
const keep = async (from: string, most = 1e6): ReturnType<typeof keepArchives> =>
  keepArchives(cache, from, { signed, most, signal });
const take = async (
  host: string,
  over: Partial<Parameters<typeof takeArchives>[2]> = {},
): ReturnType<typeof takeArchives> =>
  takeArchives(cache, at(host), { signed, wanted: () => true, most: 1e6, signal, ...over });
const archivesOf = async (host: string): Promise<string[]> =>
  (await readdir(at(host))).filter((name) => name.endsWith(".deb")).sort();

test("what one host fetched another need not fetch; it has the name that apt looks for", async () => {
  await keep(await fetched("one", { curl: CONTENTS.curl, less: CONTENTS.less }));
  expect((await readdir(cache)).sort()).toEqual([keyOf("curl"), keyOf("less")].sort());
  expect(await take("two")).toEqual({ count: 2, bytes: 31, damaged: [] });
  expect(await archivesOf("two")).toEqual([fileOf("curl"), fileOf("less")]);
  expect(await readFile(at("two", fileOf("curl")), "utf8")).toBe(CONTENTS.curl);
});

test("an entry with other bytes than its name says is never used, and told", async () => {
  await keep(await fetched("one", CONTENTS));
  await writeFile(path.join(cache, keyOf("curl")), "something of an attacker's");
  expect(await take("two")).toMatchObject({ count: 2, damaged: [keyOf("curl")] });
  expect(await archivesOf("two")).toEqual([fileOf("less"), fileOf("zsh")]);
  expect(await readdir(at("two", "partial"))).toEqual([]);
});

test("an entry that no repository vouches for is not used", async () => {
  await mkdir(cache);
  const content = "an old version with a hole";
  await writeFile(path.join(cache, `${sha256(content)}.deb`), content);
  expect(await take("one")).toEqual({ count: 0, bytes: 0, damaged: [] });
});

test("what a host made up is not kept: neither under a package's name nor under another", async () => {
  const from = await fetched("one", { curl: "not curl", ...{ "made-up": "x" } });
  expect(await keep(from)).toEqual({ count: 0, bytes: 0 });
});

test("only what the build may want is taken, and not beyond the bound", async () => {
  await keep(await fetched("one", CONTENTS));
  await take("two", { wanted: (name) => name === "zsh" });
  expect(await archivesOf("two")).toEqual([fileOf("zsh")]);
  expect((await take("three", { most: 20 })).bytes).toBeLessThanOrEqual(20);
  expect((await keep(await fetched("four", CONTENTS), 0)).count).toBe(0);
});

test("what is there is neither copied nor written again", async () => {
  const from = await fetched("one", CONTENTS);
  await keep(from);
  expect(await keep(from)).toEqual({ count: 0, bytes: 0 });
  expect((await take("one")).count).toBe(0);
});

test("hosts that add the same at once do not disturb each other", async () => {
  const hosts = await Promise.all(["a", "b", "c", "d"].map(async (host) => fetched(host, CONTENTS)));
  await Promise.all(hosts.map(async (host) => keep(host)));
  expect((await readdir(cache)).sort()).toEqual([keyOf("curl"), keyOf("less"), keyOf("zsh")].sort());
  expect((await take("e")).count).toBe(3);
});

test("an empty cache, and a build that fetched nothing, are nothing wrong", async () => {
  expect(await take("one")).toEqual({ count: 0, bytes: 0, damaged: [] });
  expect(await keep(at("nowhere"))).toEqual({ count: 0, bytes: 0 });
});

test("a package can't lead out of the directory", () => {
  expect(() => archiveName("../../etc/x", "1", "amd64")).toThrow("is no name of a package archive");
});
