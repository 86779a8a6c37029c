/** CodeNarc, by npm-groovy-lint, over all Groovy of jenkins/: a minute, so no part of `npm test`. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ROOT } from "../../support/paths";
import { say } from "../../support/say";

const MINUTE = 60_000;
const lint = (...args: string[]) =>
  spawnSync("node", [path.join(ROOT, "toolchain", "lint-groovy.js"), ...args], { encoding: "utf8", cwd: ROOT });

test(
  "pipelines, library, Job DSL and harness are clean",
  () => {
    const { status, stdout, stderr } = lint();
    say(stdout.trim().split("\n").at(-1) ?? "");
    expect(`${stdout}${stderr}`).toMatch(/^\d{2} files are clean$/m);
    expect(status).toBe(0);
  },
  20 * MINUTE,
);

test(
  "a mistake is found, in a Jenkinsfile as in a step",
  () => {
    const folder = mkdtempSync(path.join(tmpdir(), "groovy-"));
    writeFileSync(path.join(folder, "one.Jenkinsfile"), "def unused = 'x'\necho 'y'\n");
    writeFileSync(path.join(folder, "step.groovy"), "def call() {\n    def other = 1\n    echo('z')\n}\n");
    const { status, stdout } = lint(folder);
    expect(status).toBe(1);
    for (const [file, name] of [
      ["one.Jenkinsfile", "unused"],
      ["step.groovy", "other"],
    ])
      expect(stdout).toMatch(new RegExp(`${file}[\\s\\S]*\\[${name}\\].*is not used`));
    rmSync(folder, { recursive: true });
  },
  20 * MINUTE,
);
