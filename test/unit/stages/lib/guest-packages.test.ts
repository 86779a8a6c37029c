/** The checks as a guest runs them, with its programs in the place of this machine's. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { PackageFamily } from "../../../../model/package-family";
import { PACKAGE_CHECKS, type PackageCheckId } from "../../../../stages/lib/guest-packages";

const KERNEL = "5.14.0-427.el9.x86_64";
let guest: string;
beforeEach(() => {
  guest = mkdtempSync(path.join(tmpdir(), "guest-"));
  mkdirSync(path.join(guest, "bin"));
  for (const name of ["var/log", "var/cache", "tmp", `lib/modules/${KERNEL}`])
    mkdirSync(path.join(guest, name), { recursive: true });
  program("uname", `echo ${KERNEL}`);
});
afterEach(() => rmSync(guest, { recursive: true }));

function program(name: string, script: string): void {
  writeFileSync(path.join(guest, "bin", name), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
}
function file(name: string, content = "x"): void {
  mkdirSync(path.dirname(path.join(guest, name)), { recursive: true });
  writeFileSync(path.join(guest, name), content);
}

/** @param list what is in packages.txt */
function check(family: PackageFamily, id: PackageCheckId, list = "") {
  file("packages.txt", list);
  const script = PACKAGE_CHECKS[family][id].replace(/([ "])\/(var|etc|tmp|usr|lib)\//g, `$1${guest}/$2/`);
  const env = {
    PATH: `${path.join(guest, "bin")}:/usr/bin:/bin`,
    PACKAGES: path.join(guest, "packages.txt"),
    BOOTED: String(Math.floor(Date.now() / 1000) + 60),
    TMPDIR: path.join(guest, "tmp"),
  };
  const { status, stdout } = spawnSync("bash", ["-eu", "-c", script], { encoding: "utf8", env });
  return { ok: status === 0, said: stdout };
}

describe("rpm: installed packages", () => {
  const INSTALLED = `bash\\t5.1.8-9.el9\\tx86_64\\nglibc\\t2.34-100.el9\\tx86_64\\ngpg-pubkey\\t350d275d-6279464b\\t(none)\\n`;
  beforeEach(() => program("rpm", `[[ "$*" == "--query --all "* ]] && printf '${INSTALLED}'`));
  const LIST = "bash\t5.1.8-9.el9\tx86_64\nglibc\t2.34-100.el9\tx86_64\n";

  test("those of the list are right; keys do not count", () => {
    expect(check("rpm", "package-list", LIST)).toEqual({ ok: true, said: "" });
  });

  test("another version, one more and one less are told", () => {
    const { ok, said } = check("rpm", "package-list", "bash\t5.1.8-6.el9\tx86_64\nzsh\t5.8-9.el9\tx86_64\n");
    expect(ok).toBe(false);
    for (const line of ["< bash\t5.1.8-6.el9", "> bash\t5.1.8-9.el9", "< zsh", "> glibc"]) expect(said).toContain(line);
  });

  test("a database that can not be read is no list of nothing", () => {
    program("rpm", "exit 1");
    expect(check("rpm", "package-list", "").ok).toBe(false);
  });
});

describe("rpm: the running kernel", () => {
  const OWNERS = `kernel-modules-core\\t5.14.0-427.el9\\tx86_64\\nkernel-core\\t5.14.0-427.el9\\tx86_64\\n`;
  beforeEach(() => program("rpm", `[[ "$*" == "--query --file "*"/lib/modules/${KERNEL}" ]] && printf '${OWNERS}'`));

  test("comes from a package of the list", () => {
    const { ok, said } = check("rpm", "kernel", "bash\t5\tx86_64\nkernel-core\t5.14.0-427.el9\tx86_64\n");
    expect(ok).toBe(true);
    expect(said).toContain(KERNEL);
  });

  test("one of another version than the list's is told", () => {
    const { ok, said } = check("rpm", "kernel", "kernel-core\t5.14.0-362.el9\tx86_64\n");
    expect([ok, said]).toEqual([false, `${KERNEL}\nit is not in the package list\n`]);
  });

  test("one that no package brings is told", () => {
    program("rpm", `echo "file $5 is not owned by any package"; exit 1`);
    const { ok, said } = check("rpm", "kernel", "kernel-core\t5.14.0-427.el9\tx86_64\n");
    expect(ok).toBe(false);
    expect(said).toContain("no package brings it");
  });
});

describe("rpm: residue of the build", () => {
  test("a system without any is clean", () => {
    expect(check("rpm", "residue")).toEqual({ ok: true, said: "\n" });
  });

  test.each([
    "var/cache/dnf/baseos/packages/bash.rpm",
    "var/cache/zypp/solv/x/solv",
    "var/log/dnf.log",
    "var/log/zypp/history",
  ])("%s is told", (name) => {
    file(name);
    const { ok, said } = check("rpm", "residue");
    expect([ok, said.trim()]).toEqual([false, path.join(guest, name)]);
  });
});

describe("dpkg's, as before", () => {
  test("half-installed packages are none; the list must be that of the image", () => {
    program("dpkg-query", `printf 'bash\\t5.2\\tamd64\\tinstalled\\ngone\\t1\\tamd64\\tconfig-files\\n'`);
    expect(check("apt", "package-list", "bash\t5.2\tamd64\n").ok).toBe(true);
    expect(check("apt", "package-list", "bash\t5.2\tamd64\ngone\t1\tamd64\n").ok).toBe(false);
  });

  test("the running kernel is that of a package", () => {
    program("uname", "echo 6.1.0-28-cloud-amd64");
    const cloud = "linux-image-cloud-amd64\t6.1\tamd64\nlinux-image-6.1.0-28-cloud-amd64\t6.1\tamd64\n";
    expect(check("apt", "kernel", cloud).ok).toBe(true);
    expect(check("apt", "kernel", cloud.replace("-28-", "-27-")).ok).toBe(false);
  });
});
