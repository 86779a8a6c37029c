import { accessSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { unusable } from "../../../config/writable";

jest.mock("node:fs", () => {
  const real = jest.requireActual<{ readonly accessSync: () => void }>("node:fs");
  return { ...real, accessSync: jest.fn(real.accessSync) };
});

let directory: string;
beforeEach(() => (directory = mkdtempSync(path.join(tmpdir(), "writable-"))));
afterEach(() => rmSync(directory, { recursive: true }));

test("a directory that is there, or can be made, is usable, and is not made by the question", () => {
  expect(unusable(directory)).toBeUndefined();
  expect(unusable(path.join(directory, "a", "b"))).toBeUndefined();
  expect(existsSync(path.join(directory, "a"))).toBe(false);
});

test("a file, or what lies below one, is not", () => {
  const file = path.join(directory, "file");
  writeFileSync(file, "");
  expect(unusable(file)).toBe(`can't be made: ${file} is no directory`);
  expect(unusable(path.join(file, "home", "x"))).toBe(`can't be made: ${file} is no directory`);
});

test.each([
  ["EROFS", "is on a read-only file system"],
  ["EACCES", "is not writable"],
])("%s is told with the directory that it is about", (code, why) => {
  jest.mocked(accessSync).mockImplementationOnce(() => {
    throw Object.assign(new Error(code), { code });
  });
  expect(unusable(path.join(directory, "a", "b"))).toBe(`can't be written to: ${directory} ${why}`);
});

test("the kernel's trees are not", () => {
  expect(unusable("/proc/self/here")).toBe("is in /proc, where nothing can be kept");
});
