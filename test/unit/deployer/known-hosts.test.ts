import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { KnownHosts, newOrShownKeys } from "../../../deployer/known-hosts";
import { UserError } from "../../../deployer/user-error";
import type { HostKey } from "../../../model/host-keys";

const SERVER = { id: "uuid-1", name: "node" };
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
  known.pin(SERVER, "one", [first]);
  expect(known.has("uuid-1", "one")).toBe(true);
  expect(readFileSync(known.file("uuid-1"), "utf8")).toBe(`# launched one\nuuid-1 ${first.type} ${first.key}\n`);
  expect(statSync(known.file("uuid-1")).mode & 0o777).toBe(0o600);
});

test("pinning the same keys again changes nothing; a log cut short may tell fewer of them", () => {
  const rsa = { type: "ssh-rsa", key: "AAAAB3NzaC1yc2E" };
  known.pin(SERVER, "one", [first, rsa]);
  known.pin(SERVER, "one", [first]);
  expect(readFileSync(known.file("uuid-1"), "utf8").split("\n")).toHaveLength(4);
});

test("a changed key is an error that names the file", () => {
  known.pin(SERVER, "one", [first]);
  expect(() => known.pin(SERVER, "one", [second])).toThrow(
    `node: its console tells other host keys (ssh-ed25519) than those pinned in ${known.file("uuid-1")}`,
  );
  expect(readFileSync(known.file("uuid-1"), "utf8")).toContain(first.key);
});

test("a rebuilt server's keys take the place of those from before", () => {
  known.pin(SERVER, "one", [first]);
  expect(known.has("uuid-1", "two")).toBe(false);
  known.pin(SERVER, "two", [second]);
  expect(known.has("uuid-1", "two")).toBe(true);
  expect(known.keys("uuid-1")).toEqual([second]);
});

test("forgets a server", () => {
  known.pin(SERVER, "one", [first]);
  known.forget("uuid-1");
  known.forget("uuid-1");
  expect(known.has("uuid-1", "one")).toBe(false);
});

test("ssh-keygen reads the file", () => {
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path.join(directory, "key")]);
  const [type = "", key = ""] = readFileSync(path.join(directory, "key.pub"), "utf8").split(" ");
  known.pin(SERVER, "one", [{ type, key }]);
  const found = execFileSync("ssh-keygen", ["-F", "uuid-1", "-f", known.file("uuid-1")], { encoding: "utf8" });
  expect(found).toContain(key);
});

describe("the keys of another life of a server", () => {
  const none = () => Promise.reject(new UserError("no SSH host keys on its console"));
  const yes = () => Promise.resolve();

  test("are those that its console tells", async () => {
    const never = () => Promise.reject(new Error("not asked"));
    expect(await newOrShownKeys([first], () => Promise.resolve([second]), never)).toEqual([second]);
  });

  test("are the former where it shows them: it was resized", async () => {
    expect(await newOrShownKeys([first], none, yes)).toEqual([first]);
  });

  test("are not known while it is being rebuilt: the former ones are not taken for its own", async () => {
    const another = () => Promise.reject(new Error("it shows another host key"));
    await expect(newOrShownKeys([first], none, another)).rejects.toThrow("it shows another host key");
  });

  test("are not known where its console can't be read", async () => {
    await expect(newOrShownKeys([first], () => Promise.reject(new Error("503")), yes)).rejects.toThrow("503");
  });
});
