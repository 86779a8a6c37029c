import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { makeOwn, removeLeft } from "../../../publisher/leftovers";

const parent = mkdtempSync(path.join(os.tmpdir(), "left-"));
afterAll(() => rmSync(parent, { recursive: true }));

test("what a process that is gone has left goes, with its agent; others' stays", async () => {
  const gone = spawn("true");
  await once(gone, "exit");
  const left = path.join(parent, `gpg-${gone.pid!}-abcdef`);
  mkdirSync(path.join(left, "0"), { recursive: true, mode: 0o700 });
  writeFileSync(path.join(left, "0", "secret"), "x");
  execFileSync("gpgconf", ["--homedir", path.join(left, "0"), "--launch", "gpg-agent"]);
  expect(existsSync(path.join(left, "0", "S.gpg-agent"))).toBe(true);
  const own = await makeOwn(parent, "gpg-");
  const strange = path.join(parent, "gpg-abcdef");
  mkdirSync(strange);
  await removeLeft(parent, "gpg-");
  expect(readdirSync(parent).sort()).toEqual([path.basename(own), "gpg-abcdef"].sort());
});
