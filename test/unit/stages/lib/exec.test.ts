import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { StageError } from "../../../../stages/lib/errors";
import { CommandError, exec } from "../../../../stages/lib/exec";

const sh = (script: string): readonly [string, string[]] => ["sh", ["-c", script]];

/** Whether a process (not merely its remains) is there. */
function alive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

test("gives the output and tells each line as it comes", async () => {
  const lines: string[] = [];
  const result = await exec(...sh("echo one; echo two >&2; printf 'thr\\ree'"), { log: (line) => lines.push(line) });
  expect(result).toMatchObject({ code: 0, stdout: "one\nthr\ree", stderr: "two\n" });
  expect(lines.sort()).toEqual(["ee", "one", "thr", "two"]);
});

test("an exit code that is not accepted is an error of one line with the last words", async () => {
  const failing = exec(...sh("echo first >&2; echo what is wrong >&2; exit 3"));
  await expect(failing).rejects.toThrow(CommandError);
  await expect(failing).rejects.toThrow("sh exited with 3: what is wrong");
  expect((await exec(...sh("exit 3"), { accept: [0, 3] })).code).toBe(3);
});

test("a program that is not there is told as such", async () => {
  await expect(exec("no-such-program", [])).rejects.toThrow("no-such-program: not installed on this host");
});

test("takes text and bytes as input, as they are", async () => {
  expect((await exec("cat", [], { input: "a\n" })).stdout).toBe("a\n");
  expect((await exec("cat", [], { input: Buffer.from([0x61, 0x62]) })).stdout).toBe("ab");
  expect((await exec("cat", [], { input: "" })).stdout).toBe("");
});

test("takes a stream as input, and a program that does not read it to its end is no failure", async () => {
  expect((await exec("cat", [], { input: Readable.from(["a", "b"]) })).stdout).toBe("ab");
  const much = Buffer.alloc(4 * 1024 * 1024);
  expect((await exec("true", [], { input: much })).code).toBe(0);
});

test("puts standard output into a file", async () => {
  const directory = mkdtempSync(path.join(tmpdir(), "exec-"));
  const file = path.join(directory, "out");
  await exec(...sh("echo content"), { outputFile: file });
  expect(readFileSync(file, "utf8")).toBe("content\n");
  rmSync(directory, { recursive: true });
});

test("gives programs a clean environment", async () => {
  process.env["PLANTED_SECRET"] = "planted";
  const { stdout } = await exec("env", []);
  delete process.env["PLANTED_SECRET"];
  expect(stdout).not.toContain("planted");
  expect(stdout).toContain("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n");
});

test("an abort ends the program and its children, and throws the abort's reason", async () => {
  const controller = new AbortController();
  let child = 0;
  const running = exec(...sh("sleep 60 & echo $!; wait"), {
    signal: controller.signal,
    log: (line) => (child = Number(line)),
  });
  while (child === 0) await sleep(20);
  expect(alive(child)).toBe(true);
  controller.abort(new StageError("stopped by SIGTERM"));
  await expect(running).rejects.toThrow("stopped by SIGTERM");
  expect(alive(child)).toBe(false);
});

test("a daemon that a program leaves behind does not keep it from ending", async () => {
  const start = performance.now();
  const { stdout } = await exec(...sh("echo done; setsid sleep 8 & exit 0"));
  expect(stdout).toBe("done\n");
  expect(performance.now() - start).toBeLessThan(7000);
});

test("what takes too long is ended", async () => {
  await expect(exec(...sh("sleep 60"), { timeout: 0.2 })).rejects.toThrow("sh: took longer than 0.2 s and was ended");
});

test("nothing is started when the abort came first", async () => {
  const signal = AbortSignal.abort(new StageError("too late"));
  await expect(exec("no-such-program", [], { signal })).rejects.toThrow("too late");
});
