import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { KnownHosts } from "../../../deployer/known-hosts";
import type { HostKey } from "../../../model/host-keys";

let directory: string;
let known: KnownHosts;
const first: HostKey = { type: "ssh-ed25519", key: "AAAAC3NzaC1lZDI1NTE5AAAAIGFv" };
const second: HostKey = { type: "ssh-ed25519", key: "AAAAC3NzaC1lZDI1NTE5AAAAIBBB" };

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "known-"));
  known = new KnownHosts(path.join(directory, "known_hosts"));
});
afterEach(() => rmSync(directory, { recursive: true }));

test("keeps a server's keys under its id, for our eyes only", () => {
  known.pin("uuid-1", "node", [first]);
  expect(known.has("uuid-1")).toBe(true);
  expect(readFileSync(known.file("uuid-1"), "utf8")).toBe(`uuid-1 ${first.type} ${first.key}\n`);
  expect(statSync(known.file("uuid-1")).mode & 0o777).toBe(0o600);
});

test("pinning the same keys again changes nothing; a log cut short may tell fewer of them", () => {
  const rsa = { type: "ssh-rsa", key: "AAAAB3NzaC1yc2E" };
  known.pin("uuid-1", "node", [first, rsa]);
  known.pin("uuid-1", "node", [first]);
  expect(readFileSync(known.file("uuid-1"), "utf8").split("\n")).toHaveLength(3);
});

test("a changed key is an error that names the file", () => {
  known.pin("uuid-1", "node", [first]);
  expect(() => known.pin("uuid-1", "node", [second])).toThrow(
    `node: its console tells other host keys (ssh-ed25519) than those pinned in ${known.file("uuid-1")}`,
  );
  expect(readFileSync(known.file("uuid-1"), "utf8")).toContain(first.key);
});

test("forgets a server", () => {
  known.pin("uuid-1", "node", [first]);
  known.forget("uuid-1");
  known.forget("uuid-1");
  expect(known.has("uuid-1")).toBe(false);
});

test("ssh-keygen reads the file", () => {
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path.join(directory, "key")]);
  const [type = "", key = ""] = readFileSync(path.join(directory, "key.pub"), "utf8").split(" ");
  known.pin("uuid-1", "node", [{ type, key }]);
  const found = execFileSync("ssh-keygen", ["-F", "uuid-1", "-f", known.file("uuid-1")], { encoding: "utf8" });
  expect(found).toContain(key);
});
