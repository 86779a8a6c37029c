import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { RunningCommand } from "../../support/command";
import { processTree } from "../../support/process-tree";

const directory = mkdtempSync(path.join(tmpdir(), "factory-command-"));
afterAll(() => rmSync(directory, { recursive: true }));
let count = 0;

function bash(script: string): RunningCommand {
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
  return new RunningCommand({
    program: "bash",
    args: ["-c", script],
    env: process.env,
    cwd: directory,
    log: path.join(directory, `${++count}.log`),
    title: "a test",
  });
}

test("gives exit status and both streams, without colours, and logs them as they came", async () => {
  const { code, output, stdout, log } = await bash("printf '\\033[32mgreen\\033[0m\\n'; echo wrong >&2; exit 3").result;
  expect({ code, stdout }).toEqual({ code: 3, stdout: "green\n" });
  expect(output.split("\n").sort()).toEqual(["", "green", "wrong"]);
  expect(readFileSync(log, "utf8")).toContain("\u001b[32mgreen");
});

test("waits for a line, and says so at once when it can come no more", async () => {
  const command = bash("sleep 0.1; echo one 1; sleep 0.1; echo two");
  expect((await command.waitFor(/one (\d)/, 5000))[1]).toBe("1");
  await expect(command.waitFor(/three/, 5000)).rejects.toThrow(/ended without saying.*\n.*one 1\n.*two/);
});

test("an unexpected exit status is an error with the last lines", async () => {
  await expect(bash("echo why; exit 2").expectExit(0)).rejects.toThrow(/exit status 2, expected 0.*\n.*why/);
});

test("kills the whole tree", async () => {
  const command = bash("sleep 60 & (sleep 61; true) & echo ready; wait");
  await command.waitFor(/ready/, 5000);
  const tree = processTree(command.pid);
  expect(tree.length).toBeGreaterThanOrEqual(3);
  expect((await command.kill()).code).toBeUndefined();
  expect(tree.flatMap((pid) => processTree(pid))).toEqual([]);
});
