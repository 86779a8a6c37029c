import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { checksAt } from "../../../../model/image-checks";
import { guestChecks, REBOOT_CHECKS } from "../../../../stages/lib/guest-checks";
import { contextText, writeGuestSuite } from "../../../../stages/lib/guest-suite";
import { parseTap } from "../../../../stages/lib/tap";

const directory = mkdtempSync(path.join(tmpdir(), "guest-"));
afterAll(() => rmSync(directory, { recursive: true }));

const ALL = [...guestChecks("apt"), ...guestChecks("rpm"), ...REBOOT_CHECKS];
test.each(ALL.map(({ name, script }) => [name, script]))("%s: is bash", (_, script) => {
  expect(spawnSync("bash", ["-n"], { input: script, encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
});

test.each(["apt", "rpm"] as const)("%s: all that the table has, no two of one name", (family) => {
  const names = guestChecks(family).map(({ name }) => name);
  expect(names).toEqual(checksAt("instance").map(({ name }) => name));
  expect(new Set(names).size).toBe(names.length);
});

test("runs checks and an image's own tests, and reports all of them as one", async () => {
  const tests = path.join(directory, "tests");
  mkdirSync(tests);
  writeFileSync(
    path.join(tests, "a-tap.sh"),
    "echo TAP version 13; echo 'ok 1 - first'; echo 'not ok 2 - second'; echo why; echo 1..2",
  );
  writeFileSync(path.join(tests, "b-plain.sh"), "echo fine");
  writeFileSync(path.join(tests, "c-dies.sh"), "echo 'ok 1 - third'; exit 7");
  const packagesFile = path.join(directory, "list");
  writeFileSync(packagesFile, "bash\t1\tamd64\n");
  const suite = path.join(directory, "suite");
  await writeGuestSuite({
    directory: suite,
    variables: { MARKER: "m1" },
    packagesFile,
    projectTests: tests,
    checks: {
      instance: [
        { name: "sees its variables", script: 'echo "$MARKER"; grep bash "$PACKAGES"; [ "$BOOTED" -gt 0 ]' },
        { name: "fails at the first wrong command", script: "false\ntrue" },
        { name: "reads an unset variable", script: 'echo "$UNSET"' },
        { name: "has nothing to look at", script: "echo looked around; echo no such thing here; exit 77" },
      ],
      reboot: [{ name: "comes later", script: "true" }],
    },
  });
  const { stdout, status } = spawnSync("bash", [path.join(suite, "run.sh"), "instance"], { encoding: "utf8" });
  expect(status).toBe(0);
  const { results, problem } = parseTap(stdout);
  expect(problem).toBeUndefined();
  expect(results.map(({ name, ok }) => [ok, name])).toEqual([
    [true, "sees its variables"],
    [false, "fails at the first wrong command"],
    [false, "reads an unset variable"],
    [true, "has nothing to look at"],
    [true, "a-tap: first"],
    [false, "a-tap: second"],
    [true, "b-plain"],
    [true, "c-dies: third"],
    [false, "c-dies: exit code"],
  ]);
  expect(results[0]?.detail).toBe("m1\nbash\t1\tamd64\n");
  expect(results[2]?.detail).toContain("UNSET: unbound variable");
  expect(results[3]?.skipped).toBe("no such thing here");
  expect(results[5]?.detail).toBe("why\n");

  const later = spawnSync("bash", [path.join(suite, "run.sh"), "reboot"], { encoding: "utf8" });
  expect(parseTap(later.stdout).results.map(({ name }) => name)).toEqual(["comes later"]);
});

test("values that a shell would read otherwise are refused", () => {
  expect(() => contextText({ RESOLVE: "a; rm -rf /" })).toThrow('RESOLVE: "a; rm -rf /" would need quoting');
});
