import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { claim, holder, whileClaimed } from "../../../../stages/lib/claim";

const signal = new AbortController().signal;
const MINUTE = 60_000;
let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "claim-"));
  file = path.join(directory, "claims", "debian-bookworm");
});
afterEach(async () => rm(directory, { recursive: true, force: true }));

const at = (now: number) => () => now;
const options = { lasts: MINUTE, patience: 0, signal };

test("one holds it; it says who and until when", async () => {
  expect(await claim(file, { owner: "a", lasts: MINUTE, now: at(1000) })).toBe(true);
  expect(await claim(file, { owner: "b", lasts: MINUTE, now: at(2000) })).toBe(false);
  expect(await holder(file)).toEqual({ owner: "a", expires: 1000 + MINUTE });
});

test("of many at once one gets it, nothing is left beside it", async () => {
  const tries = Array.from({ length: 20 }, async (_, index) => claim(file, { owner: String(index), lasts: MINUTE }));
  expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
  expect(await readdir(path.dirname(file))).toEqual(["debian-bookworm"]);
});

test("it ends with the work, however that ends", async () => {
  const held = await whileClaimed(file, { ...options, owner: "a" }, async () => readFile(file, "utf8"));
  expect(held).toContain('"owner":"a"');
  const failing = whileClaimed(file, { ...options, owner: "a" }, async () => Promise.reject(new Error("disk full")));
  await expect(failing).rejects.toThrow("disk full");
  expect(await readdir(path.dirname(file))).toEqual([]);
});

test("who has no patience goes without it", async () => {
  await claim(file, { owner: "a", lasts: MINUTE });
  const work = jest.fn();
  expect(await whileClaimed(file, { ...options, owner: "b" }, work)).toBeUndefined();
  expect(work).not.toHaveBeenCalled();
});

test("who waits gets it after the other", async () => {
  const order: string[] = [];
  const work = (name: string) => async (): Promise<void> => {
    order.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    order.push(`${name} ends`);
  };
  const both = ["a", "b"].map(async (owner) =>
    whileClaimed(file, { ...options, owner, patience: MINUTE }, work(owner)),
  );
  await Promise.all(both);
  const [first = ""] = order;
  expect(order[1]).toBe(first.replace("begins", "ends"));
  expect(order).toHaveLength(4);
});

test("a claim whose time is over is taken, by one", async () => {
  await claim(file, { owner: "gone", lasts: MINUTE, now: at(0) });
  const later = at(2 * MINUTE);
  const tries = Array.from({ length: 20 }, async (_, index) =>
    claim(file, { owner: String(index), lasts: MINUTE, now: later }),
  );
  expect((await Promise.all(tries)).filter(Boolean).length).toBeLessThanOrEqual(1);
  expect((await holder(file))?.owner).not.toBe("gone");
});

test("one that makes no sense has expired", async () => {
  await claim(file, { owner: "a", lasts: MINUTE });
  await writeFile(file, "{");
  expect(await claim(file, { owner: "b", lasts: MINUTE })).toBe(true);
});

test("what is another's by now is not ended", async () => {
  await whileClaimed(file, { ...options, owner: "slow" }, async () => {
    await rm(file);
    await claim(file, { owner: "next", lasts: MINUTE });
  });
  expect((await holder(file))?.owner).toBe("next");
});
