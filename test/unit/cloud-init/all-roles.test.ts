import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { allRoles, fileOf, read } from "./all-roles";
import { pyflakes, shellcheck, sshdSettings, systemdVerify, writeTree } from "./programs";

const PARTS = path.join(__dirname, "..", "..", "..", "cloud-init", "roles");

test("every part of a role is rendered by one that is checked here", () => {
  const reads = jest.spyOn(fs, "readFileSync");
  for (const render of Object.values(allRoles)) render();
  const rendered = reads.mock.calls.map(([file]) => String(file));
  reads.mockRestore();
  const parts = fs.readdirSync(PARTS).map((name) => path.join(PARTS, name));
  expect(parts.filter((part) => !rendered.includes(part))).toEqual([]);
});

describe.each(Object.entries(allRoles))("every role: %s", (_, render) => {
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(tmpdir(), "role-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  test("is valid to cloud-init itself", () => {
    const file = path.join(folder, "user-data");
    fs.writeFileSync(file, render());
    const said = spawnSync("cloud-init", ["schema", "--config-file", file], { encoding: "utf8" });
    expect(`${said.stdout}${said.stderr}`).toBe(`Valid cloud-config: ${file}\n`);
  });

  test("has no placeholder left", () => {
    expect(render()).not.toMatch(/\{\{/);
  });

  test("takes packages from the configured mirror", () => {
    expect(read(render()).apt.primary[0]?.uri).toBe("http://mirror.test/debian");
  });

  test("shellcheck, pyflakes and systemd find nothing in what it writes", () => {
    const files = writeTree(folder, read(render()));
    expect(shellcheck(folder, files)).toEqual([]);
    expect(pyflakes(folder, files)).toEqual([]);
    expect(systemdVerify(folder, files)).toEqual([]);
  });

  test("sshd takes all of its settings, and lets nobody in by password or as root", () => {
    writeTree(folder, read(render()));
    const settings = sshdSettings(folder);
    expect(settings.get("passwordauthentication")).toBe("no");
    expect(settings.get("kbdinteractiveauthentication")).toBe("no");
    expect(settings.get("permitrootlogin")).toBe("no");
  });

  test("what checks its health prints and exits as factory-health expects", () => {
    const checks = read(render()).write_files.filter(({ path: file }) => file.startsWith("/etc/factory/health.d/"));
    expect(checks.length).toBeGreaterThan(0);
    expect(
      checks.filter(({ permissions, path: file }) => permissions !== "0755" || !/\/\d\d-[\w-]+$/.test(file)),
    ).toEqual([]);
  });
});

describe("the programs find what is wrong", () => {
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(tmpdir(), "role-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));
  const tree = (file: string, content: string, permissions = "0644") =>
    writeTree(folder, { apt: { primary: [] }, runcmd: [], write_files: [{ path: file, permissions, content }] });

  test("in a script", () => {
    expect(shellcheck(folder, tree("/usr/local/sbin/a", "#!/bin/sh\nrm $1\n", "0755"))).toEqual([
      expect.stringContaining("SC2086"),
    ]);
  });

  test("in a command for a shell", () => {
    const role = { apt: { primary: [] }, runcmd: [["sh", "-c", "rm $1"]], write_files: [] };
    expect(shellcheck(folder, writeTree(folder, role))).toEqual([expect.stringContaining("SC2086")]);
  });

  test("in a Python program", () => {
    expect(pyflakes(folder, tree("/usr/local/sbin/a", "#!/usr/bin/python3\nprint(x)\n", "0755"))).toEqual([
      expect.stringContaining("undefined name 'x'"),
    ]);
  });

  test.each([
    ["unit", "/etc/systemd/system/a.service", "[Service]\nExecStrat=/bin/true\nExecStart=/bin/true\n"],
    ["drop-in", "/etc/systemd/system/nfs-server.service.d/a.conf", "[Unit]\nAfterr=b.service\n"],
  ])("in a %s", (_, file, content) => {
    expect(systemdVerify(folder, tree(file, content))).toEqual([expect.stringContaining("Unknown key")]);
  });

  test("in sshd's settings", () => {
    tree("/etc/ssh/sshd_config.d/10-a.conf", "PermitRotLogin no\n");
    expect(() => sshdSettings(folder)).toThrow("Bad configuration option: PermitRotLogin");
  });

  test("a file that is not written is asked for in vain", () => {
    expect(() => fileOf(read("write_files: []"), "/etc/a")).toThrow("/etc/a is not written");
  });
});
