import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import path from "node:path";
import { timeResult, skipReasons } from "../../../../stages/lib/boot-test";
import { parseLynisReport } from "../../../../stages/lib/lynis";
import { parseStatus, parseSums } from "../../../../stages/lib/package-database";
import { librariesOf, makePortable } from "../../../../stages/lib/portable-program";
import { readTracker } from "../../../../stages/lib/security-tracker";

describe("lynis' report", () => {
  test("index, warnings and suggestions", () => {
    const text =
      "warning[]=SSH-7408|sshd is open|a|b|\nsuggestion[]=BOOT-5122|Set a password|-|-|\nhardening_index=63\n";
    expect(parseLynisReport(text)).toEqual({
      index: 63,
      warnings: ["SSH-7408 sshd is open"],
      suggestions: ["BOOT-5122 Set a password"],
    });
  });
  test("one that was cut off says nothing", () => expect(parseLynisReport("lynis_version=3")).toBeUndefined());
});

describe("a program of this host", () => {
  test("loader and libraries", () => {
    const ldd = "\tlinux-vdso.so.1 (0x1)\n\tlibm.so.6 => /lib/x/libm.so.6 (0x2)\n\t/lib64/ld-linux-x86-64.so.2 (0x3)\n";
    expect(librariesOf(ldd)).toEqual({ loader: "/lib64/ld-linux-x86-64.so.2", libraries: ["/lib/x/libm.so.6"] });
  });
  test.each([
    ["libz.so => not found", "a library is not on this host"],
    ["not a dynamic executable", "names no loader"],
  ])("%s is refused", (ldd, said) => expect(() => librariesOf(ldd)).toThrow(said));

  test("runs from its own directory", async () => {
    const directory = mkdtempSync(path.join(tmpdir(), "portable-"));
    await makePortable("expr", directory, new AbortController().signal);
    expect(readdirSync(directory)).toContain("run");
    const { stdout } = spawnSync(path.join(directory, "run"), ["6", "*", "7"], { encoding: "utf8" });
    expect(stdout.trim()).toBe("42");
    rmSync(directory, { recursive: true });
  });
});

describe("the package database", () => {
  test("packages with their states and sources", () => {
    const text =
      "Package: libssl3\nStatus: install ok installed\nSource: openssl\nVersion: 3.0-1\nArchitecture: amd64\nDescription: x\n more\n\n" +
      "Package: bash\nStatus: deinstall ok config-files\nSource: bash (5-1)\nVersion: 5-1+b1\nArchitecture: amd64\n";
    expect(parseStatus(text)).toEqual([
      {
        name: "libssl3",
        version: "3.0-1",
        architecture: "amd64",
        state: "installed",
        source: "openssl",
        sourceVersion: "3.0-1",
      },
      {
        name: "bash",
        version: "5-1+b1",
        architecture: "amd64",
        state: "config-files",
        source: "bash",
        sourceVersion: "5-1",
      },
    ]);
  });
  test("sums, names with spaces too", () => {
    const md5 = "0".repeat(32);
    expect(parseSums("p", `${md5}  usr/a b\nnonsense\n`)).toEqual([{ package: "p", path: "/usr/a b", md5 }]);
  });
});

test.each([
  [80, undefined, undefined, { detail: "80 s, not judged (tests.bootSeconds of the image says nothing)" }],
  [80, 90, undefined, { ok: true, detail: "80 s, at most 90 s" }],
  [91, 90, undefined, { ok: false, detail: "91 s, at most 90 s" }],
  [91, 90, "emulated", { skipped: "emulated" }],
])("a boot of %s s that may take %s s", (took, most, skip, result) => {
  expect(timeResult(took, most, skip)).toEqual(result);
});

test("reasons of the image's owner are told as theirs", () => {
  expect([...skipReasons([{ check: "names", reason: "no DNS" }])]).toEqual([["names", "image.yaml: no DNS"]]);
});

test.each([
  [undefined, "no infrastructure.securityTracker"],
  ["/nowhere/tracker.json", "can't be read"],
])("a tracker at %s is not to be had, with the reason", async (from, reason) => {
  const answer = await readTracker(from, new AbortController().signal);
  expect("unavailable" in answer && answer.unavailable).toContain(reason);
});
