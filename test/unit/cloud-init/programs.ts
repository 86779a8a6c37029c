/** Other people's programs that judge what a role writes; each gives its complaints, nothing when all is well. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Rendered, WrittenFile } from "./all-roles";

/** Writes a role's files below a directory, as the node would have them, commands for a shell among them. */
export function writeTree(root: string, role: Rendered): readonly WrittenFile[] {
  const files = [...role.write_files, ...shellCommands(role)];
  for (const { path, permissions, content } of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content, { mode: parseInt(permissions, 8) });
  }
  return files;
}

function shellCommands(role: Rendered): WrittenFile[] {
  return role.runcmd.flatMap(([program = "", flags, script], index) =>
    ["sh", "bash"].includes(program) && flags?.startsWith("-") === true && script !== undefined
      ? [{ path: `/runcmd/${index}`, permissions: "0755", content: `#!/bin/${program}\n${script}\n` }]
      : [],
  );
}

const INTERPRETER = /^(?:#!(?:\/usr)?\/bin\/(?:env )?|# shellcheck shell=)(\S+)/;
const written = (files: readonly WrittenFile[], ...interpreters: readonly string[]): string[] =>
  files
    .filter(({ content }) => interpreters.includes(INTERPRETER.exec(content)?.[1] ?? ""))
    .map(({ path }) => path.slice(1));

/** What a script sources is on the node only. */
export function shellcheck(root: string, files: readonly WrittenFile[]): string[] {
  return complaints(root, written(files, "sh", "bash"), "shellcheck", "--format=gcc", "--exclude=SC1091");
}

export function pyflakes(root: string, files: readonly WrittenFile[]): string[] {
  return complaints(root, written(files, "python3"), "pyflakes3");
}

const UNIT = /^\/etc\/systemd\/system\/([^/]+\.(?:service|timer|mount|socket|path|target))(?:\.d\/[^/]+\.conf)?$/;
/** What is true of this tree and says nothing about the units: it has no programs, and no units of Debian. */
const OF_THE_TREE = /is not executable: No such file|Failed to create .* Unit .* not found/;

export function systemdVerify(root: string, files: readonly WrittenFile[]): string[] {
  const names = [...new Set(files.flatMap(({ path }) => UNIT.exec(path)?.[1] ?? []))];
  // a drop-in is read with the unit that it belongs to, which comes with a package
  for (const name of names.filter((one) => !files.some(({ path }) => path === `/etc/systemd/system/${one}`)))
    writeFileSync(join(root, "etc/systemd/system", name), "[Service]\nExecStart=/bin/true\n");
  return complaints(root, names, "systemd-analyze", "verify", `--root=${root}`, "--man=no").filter(
    (line) => !OF_THE_TREE.test(line),
  );
}

/** The settings of sshd as it reads all files that a role writes for it. Throws with what it refuses. */
export function sshdSettings(root: string): ReadonlyMap<string, string> {
  const key = join(root, "host-key");
  run(root, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key);
  writeFileSync(join(root, "sshd_config"), `Include ${root}/etc/ssh/sshd_config.d/*.conf\n`);
  const { status, stdout, stderr } = run(root, "/usr/sbin/sshd", "-T", "-f", join(root, "sshd_config"), "-h", key);
  if (status !== 0) throw new Error(stderr);
  return new Map(
    stdout.split("\n").map((line) => [line.split(" ", 1)[0] ?? "", line.slice(line.indexOf(" ") + 1)] as const),
  );
}

/** The lines that a program prints about some files of the tree; empty where there are none of its kind. */
function complaints(root: string, files: readonly string[], program: string, ...args: readonly string[]): string[] {
  if (files.length === 0) return [];
  const { status, stdout, stderr } = run(root, program, ...args, ...files);
  const lines = `${stdout}${stderr}`.split("\n").filter((line) => line.trim() !== "");
  return status === 0 || lines.length > 0 ? lines : [`${program}: exit status ${String(status)}`];
}

function run(cwd: string, program: string, ...args: readonly string[]) {
  const done = spawnSync(program, args, { cwd, encoding: "utf8", timeout: 20_000 });
  if (done.error) throw done.error;
  return done;
}
