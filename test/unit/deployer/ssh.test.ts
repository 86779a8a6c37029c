import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { waitForSsh } from "../../../deployer/ssh";
import type { SshError } from "../../../deployer/ssh-error";
import { Sshd } from "./lib/sshd";

let sshd: Sshd;

beforeAll(async () => {
  sshd = await Sshd.start();
});
afterAll(async () => {
  await sshd.stop();
});

async function failure(work: Promise<unknown>): Promise<SshError> {
  return work.then(
    () => {
      throw new Error("did not fail");
    },
    (error: unknown) => error as SshError,
  );
}

test("a command's output and exit status come back", async () => {
  const outcome = await sshd.host("node").run("echo out; echo err >&2; exit 3");
  expect(outcome).toMatchObject({ code: 3, stdout: "out\n", stderr: "err\n" });
});

test("standard input reaches the command, binary too", async () => {
  const bytes = Buffer.from([0, 255, 10, 13, 0]);
  expect(await sshd.host("node").must("od -An -tx1", { stdin: bytes })).toBe(" 00 ff 0a 0d 00\n");
});

test("leads through a jump host", async () => {
  expect(await sshd.host("inner", { jump: true }).must("echo here")).toBe("here\n");
});

test("the connection to the jump host is shared and stays a while", async () => {
  const host = sshd.host("inner", { jump: true });
  await host.must("true");
  const args = ["-F", host.configFile, "-O", "check", "jump"];
  expect(() => execFileSync("ssh", args, { stdio: "pipe" })).not.toThrow();
  execFileSync("ssh", ["-F", host.configFile, "-O", "exit", "jump"], { stdio: "pipe" });
});

test("a failed command is one line with its last words", async () => {
  await expect(sshd.host("node").must("echo first >&2; echo no such thing >&2; exit 1")).rejects.toThrow(
    /^node: no such thing$/,
  );
});

test("a script's quotes survive two shells", async () => {
  expect(await sshd.host("node").asRoot(`printf '%s|' "it's" 'a "b"' '$HOME'`)).toBe(`it's|a "b"|$HOME|`);
});

test("a file arrives whole, with its mode", async () => {
  const host = sshd.host("node");
  const file = path.join(sshd.directory, "a file");
  await host.putFile(file, "content\n", "0640", "root:root");
  expect(await host.must(`stat -c '%a %U' '${file}'; cat '${file}'`)).toBe("640 root\ncontent\n");
});

test("nobody listening: refused, worth another try", async () => {
  const error = await failure(sshd.host("gone", { port: 1 }).run("true"));
  expect(error).toMatchObject({ failureClass: "refused", passing: true });
  expect(error.message).toMatch(/^ssh gone: nothing listens on its SSH port \(/);
});

test("nobody listening behind the jump host: unreachable, worth another try", async () => {
  const error = await failure(sshd.host("inner", { port: 1, jump: true }).run("true"));
  expect(error).toMatchObject({ failureClass: "unreachable", passing: true });
});

test("another host key than the pinned one: an error that no waiting helps", async () => {
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path.join(sshd.directory, "other")]);
  const knownHosts = path.join(sshd.directory, "other_known_hosts");
  const other = execFileSync("ssh-keygen", ["-y", "-f", path.join(sshd.directory, "other")], { encoding: "utf8" });
  writeFileSync(knownHosts, `server-id ${other}`);
  const started = Date.now();
  const error = await failure(waitForSsh(sshd.host("changed", { knownHosts }), { timeout: 60_000 }));
  expect(error).toMatchObject({ failureClass: "host-key", passing: false });
  expect(Date.now() - started).toBeLessThan(5000);
});

test("no pinned key at all is refused too", async () => {
  const error = await failure(sshd.host("unknown", { knownHosts: "/dev/null" }).run("true"));
  expect(error.failureClass).toBe("host-key");
});

test("a key that the host does not take", async () => {
  const identityFile = path.join(sshd.directory, "stranger");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", identityFile]);
  const error = await failure(sshd.host("stranger", { identityFile }).run("true"));
  expect(error).toMatchObject({ failureClass: "auth", passing: false });
});

test("a command that takes too long", async () => {
  const error = await failure(sshd.host("node").run("sleep 30", { timeout: 500 }));
  expect(error).toMatchObject({ failureClass: "timeout" });
});

test("waits for a host that comes back", async () => {
  const host = sshd.host("back");
  await sshd.down();
  const waiting = waitForSsh(host, { timeout: 10_000, interval: 100 });
  await sleep(300);
  await Promise.all([sshd.up(), expect(waiting).resolves.toBeUndefined()]);
});
