import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { giveArchive } from "../../../deployer/give-archive";
import { must } from "../../../deployer/process";
import type { RemoteOptions, SshHost } from "../../../deployer/ssh";

let folder: string;
let target: string;
let scripts: string[];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "archive-"));
  target = path.join(folder, "target");
  scripts = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A node that is this machine. */
const host = {
  asRoot: (script: string, options: RemoteOptions = {}) => {
    scripts.push(script);
    return must("sh", ["-c", script], options);
  },
} as unknown as SshHost;

let packed = 0;
function archive(content: string, program = "tar") {
  const tree = path.join(folder, "tree");
  mkdirSync(tree, { recursive: true });
  writeFileSync(path.join(tree, "file"), content);
  const args = ["--create", "--mtime=@0", "--directory", tree, "."];
  return {
    path: target,
    pack: () => {
      packed += 1;
      return spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] });
    },
  };
}
const current = (): string => readFileSync(path.join(target, "current", "file"), "utf8");
const trees = (): string[] => readdirSync(target).filter((name) => /^[0-9a-f]{64}$/.test(name));

test("a tree is put into place under its content's hash, and is the current one", async () => {
  await giveArchive(host, archive("one"));
  expect(current()).toBe("one");
  expect(readlinkSync(path.join(target, "current"))).toBe(trees()[0]);
  expect(readdirSync(target).sort()).toEqual([...trees(), "current"].sort());
});

test("what is there already is not sent again", async () => {
  await giveArchive(host, archive("one"));
  packed = 0;
  scripts = [];
  await giveArchive(host, archive("one"));
  expect(packed).toBe(1);
  expect(scripts.filter((script) => script.includes("--extract"))).toEqual([]);
  expect(current()).toBe("one");
});

test("another tree takes its place, the one before stays, older ones go", async () => {
  for (const content of ["one", "two", "three"]) await giveArchive(host, archive(content));
  expect(current()).toBe("three");
  expect(trees()).toHaveLength(2);
  await giveArchive(host, archive("two"));
  expect(current()).toBe("two");
});

test("fails when the archive does not arrive whole, and leaves what is there", async () => {
  await giveArchive(host, archive("one"));
  let count = 0;
  const different = {
    path: target,
    // what is sent is not what was hashed
    pack: () => archive(`sent ${(count += 1)}`).pack(),
  };
  await expect(giveArchive(host, different)).rejects.toThrow("the archive did not arrive whole");
  expect(current()).toBe("one");
  expect(trees()).toHaveLength(1);
});

test("fails when the packing program fails", async () => {
  await expect(giveArchive(host, archive("one", "false"))).rejects.toThrow("false: exit status 1");
  expect(existsSync(target)).toBe(false);
});
