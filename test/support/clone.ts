import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "./paths";

/** What set-up makes and git does not keep. */
const MADE = ["node_modules", "toolchain/provider-openstack/lib"];

/**
 * A checkout of the repository's commit with some more files in it, committed; its modules and bindings are the
 * repository's own.
 * @param files contents by path relative to the checkout
 */
export function cloneWith(directory: string, files: Readonly<Record<string, string>>): string {
  const git = (...args: string[]): void => void execFileSync("git", ["-C", directory, ...args], { stdio: "pipe" });
  execFileSync("git", ["clone", "--quiet", "--local", ROOT, directory], { stdio: "pipe" });
  for (const made of MADE) {
    rmSync(path.join(directory, made), { recursive: true, force: true });
    symlinkSync(path.join(ROOT, made), path.join(directory, made));
  }
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), content);
    git("add", "--force", name);
  }
  git("-c", "user.name=Tester", "-c", "user.email=tester@example.org", "commit", "--quiet", "-m", "files of a test");
  return directory;
}
