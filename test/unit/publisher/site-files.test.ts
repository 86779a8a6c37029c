import type { SiteFile } from "../../../site/site-file";
import { writeFiles } from "../../../publisher/site-files";
import { World } from "./world";

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.end());

const FILES: readonly (readonly [string, SiteFile])[] = [
  ["style.css", { content: "a {}", type: "text/css" }],
  ["SHA256SUMS", { content: "1", type: "text/plain", sign: "detached" }],
  ["index.sjson", { content: "{}", type: "text/plain", sign: "clear" }],
  ["old/index.html", { content: "old", type: "text/html" }],
  ["index.html", { content: "first", type: "text/html" }],
];
const LIST = "release: write .factory/site.json";

/** What happened while these files were written. */
async function written(more: Readonly<Record<string, Partial<SiteFile> | null>> = {}, publisher = world.publisher()) {
  const files = FILES.filter(([name]) => more[name] !== null).map(
    ([name, file]) => [name, { ...file, ...more[name] }] as const,
  );
  const before = world.effects.length;
  await writeFiles(publisher, new Map(files));
  return world.effects.slice(before);
}

test("the first time everything is written, in its order, each signature before its file", async () => {
  expect(await written()).toEqual([
    LIST,
    "release: write style.css",
    "release: write SHA256SUMS.gpg",
    "release: write SHA256SUMS",
    "release: write index.sjson",
    "release: write old/index.html",
    "release: write index.html",
    LIST,
  ]);
});

test("the same again writes nothing", async () => {
  await written();
  expect(await written()).toEqual([]);
});

test("what is another is written, with its signature", async () => {
  await written();
  expect(await written({ SHA256SUMS: { content: "2" }, "index.html": { content: "second" } })).toEqual([
    "release: write SHA256SUMS.gpg",
    "release: write SHA256SUMS",
    "release: write index.html",
    LIST,
  ]);
});

test("what somebody has altered or deleted is put right", async () => {
  await written();
  world.release.objects.set("style.css", Buffer.from("x"));
  world.release.objects.set("SHA256SUMS.gpg", Buffer.from("x"));
  world.release.objects.delete("index.sjson");
  expect(await written()).toEqual([
    "release: write style.css",
    "release: write SHA256SUMS.gpg",
    "release: write index.sjson",
  ]);
});

test("another key signs everything anew, and writes no file that is not signed", async () => {
  await written();
  const { key } = world.publisher();
  const signs = (content: Buffer): Promise<Buffer> => Promise.resolve(Buffer.from(`new ${content.length}`));
  const publisher = world.publisher({
    key: {
      ...key,
      fingerprint: "F".repeat(40),
      sign: signs,
      clearSign: (text) => Promise.resolve(`new ${text}`),
      verify: () => Promise.resolve(true),
    },
  });
  expect(await written({}, publisher)).toEqual(["release: write SHA256SUMS.gpg", "release: write index.sjson", LIST]);
});

test("stopped between a signature and its file, and then back to the former content: they belong together again", async () => {
  await written();
  world.kill = { left: 1, after: false };
  await expect(written({ SHA256SUMS: { content: "2" } })).rejects.toThrow();
  world.kill = undefined;
  expect(await written()).toEqual(["release: write SHA256SUMS.gpg"]);
});

test("a page that is made no more goes, with its signature, and nothing else", async () => {
  await written();
  world.release.objects.set("images/debian-12/x.qcow2", Buffer.from("x"));
  expect(await written({ "old/index.html": null, SHA256SUMS: null })).toEqual([
    "release: remove SHA256SUMS",
    "release: remove SHA256SUMS.gpg",
    "release: remove old/index.html",
    LIST,
  ]);
  expect(world.release.objects.has("images/debian-12/x.qcow2")).toBe(true);
});

test("a page of a publication that was stopped, and then taken back, goes too", async () => {
  await written({ "old/index.html": null });
  world.kill = { left: 2, after: true };
  await expect(written({ "index.html": { content: "second" } })).rejects.toThrow();
  world.kill = undefined;
  expect(world.release.objects.has("old/index.html")).toBe(true);
  await written({ "old/index.html": null });
  expect(world.release.objects.has("old/index.html")).toBe(false);
});

test("a list that somebody else has written stops it", async () => {
  await written();
  const list = world.release.text(".factory/site.json")!;
  world.release.objects.set(".factory/site.json", Buffer.from(list.replace(/"payload":"..../, '"payload":"eyJB')));
  await expect(written()).rejects.toThrow("is not signed by the publisher's key");
});
