import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheKey, makeWhole } from "../../../toolchain/lib/cache";
import { withLock } from "../../../toolchain/lib/lock";
import { removeOldOutputs } from "../../../toolchain/lib/outputs";
import { cacheDir } from "../../../toolchain/lib/paths";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "toolchain-"))));
afterEach(() => rmSync(folder, { recursive: true }));

test("the cache is where the environment says", () => {
  expect(cacheDir({ FACTORY_CACHE: "/var/cache/factory" })).toBe("/var/cache/factory/toolchain");
  expect(cacheDir({ XDG_CACHE_HOME: "/xdg" })).toBe("/xdg/image-factory/toolchain");
});

test("a key depends on each part and on where it ends", () => {
  expect(cacheKey(["ab", "c"])).toBe(cacheKey(["ab", "c"]));
  expect(cacheKey(["ab", "c"])).not.toBe(cacheKey(["a", "bc"]));
  expect(cacheKey(["ab", "c"])).not.toBe(cacheKey(["c", "ab"]));
});

test("what is made replaces what was there, whole", async () => {
  const target = join(folder, "lib");
  mkdirSync(target);
  writeFileSync(join(target, "old"), "");
  await makeWhole(target, (temporary) => {
    mkdirSync(temporary);
    writeFileSync(join(temporary, "new"), "");
    return Promise.resolve();
  });
  expect(readdirSync(target)).toEqual(["new"]);
  expect(readdirSync(folder)).toEqual(["lib"]);
});

test("what could not be made leaves what was there", async () => {
  const target = join(folder, "file");
  writeFileSync(target, "old");
  const making = makeWhole(target, (temporary) => {
    writeFileSync(temporary, "half");
    return Promise.reject(new Error("no space"));
  });
  await expect(making).rejects.toThrow("no space");
  expect(readFileSync(target, "utf8")).toBe("old");
  expect(readdirSync(folder)).toEqual(["file"]);
});

describe("the lock", () => {
  const before = process.env["FACTORY_CACHE"];
  beforeEach(() => (process.env["FACTORY_CACHE"] = folder));
  afterEach(() => {
    if (before === undefined) delete process.env["FACTORY_CACHE"];
    else process.env["FACTORY_CACHE"] = before;
  });

  test("lets one run after the other", async () => {
    const order: string[] = [];
    const run = (name: string) =>
      withLock("setup", async () => {
        order.push(`${name} begins`);
        await new Promise((resolve) => setTimeout(resolve, 20));
        order.push(`${name} ends`);
      });
    await Promise.all([run("a"), run("b")]);
    expect(order).toEqual(["a begins", "a ends", "b begins", "b ends"]);
  });

  test("of a process that is gone is taken over", async () => {
    mkdirSync(join(folder, "toolchain"));
    writeFileSync(join(folder, "toolchain", "setup.lock"), "4194304");
    const action = jest.fn(() => Promise.resolve());
    await withLock("setup", action);
    expect(action).toHaveBeenCalled();
  });
});

test("output folders of shells that are gone for a day are removed", () => {
  const gone = "shell-4194304";
  const names = [gone, `shell-${process.pid}`, "stacks"];
  for (const name of names) mkdirSync(join(folder, name));
  removeOldOutputs(folder, Date.now());
  expect(existsSync(join(folder, gone))).toBe(true);
  removeOldOutputs(folder, Date.now() + 25 * 3600 * 1000);
  expect(readdirSync(folder).sort()).toEqual([`shell-${process.pid}`, "stacks"]);
});
