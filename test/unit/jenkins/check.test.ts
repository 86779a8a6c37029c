import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { JENKINS } from "../../support/jenkins-harness";

/** jenkins/check with a stand-in for the controller: what it asks, keeps and says. */
function check(env: NodeJS.ProcessEnv = {}) {
  const directory = mkdtempSync(path.join(tmpdir(), "jenkins-check-"));
  mkdirSync(path.join(directory, "plugins"));
  const out = path.join(directory, "out");
  const args = [
    "--war",
    "none.war",
    "--plugins",
    path.join(directory, "plugins"),
    "--java",
    path.join(__dirname, "stand-in-java"),
    "--out",
    out,
  ];
  const { status, stdout, stderr } = spawnSync(path.join(JENKINS, "check"), args, {
    encoding: "utf8",
    env: { ...process.env, ...env },
    timeout: 120_000,
  });
  const kept = {
    report: readFileSync(path.join(out, "report.txt"), "utf8"),
    secrets: existsSync(path.join(out, "secrets")),
  };
  rmSync(directory, { recursive: true });
  return { status, stdout, stderr, ...kept };
}

test("boots with this checkout's configuration, has every Jenkinsfile validated, and keeps no secret", () => {
  const { status, stdout, stderr, report, secrets } = check();
  expect(stderr).toBe("");
  expect(stdout.trimEnd().split("\n")).toEqual([
    "ok      the controller is up, configured by JCasC",
    "ok      build-all.Jenkinsfile: Jenkinsfile successfully validated.",
    "ok      image.Jenkinsfile: Jenkinsfile successfully validated.",
    "ok      seed.Jenkinsfile: Jenkinsfile successfully validated.",
    "ok      selfcheck.Jenkinsfile: Jenkinsfile successfully validated.",
    "ok      nobody does not see the jobs",
  ]);
  expect(report).toBe(stdout);
  expect([status, secrets]).toEqual([0, false]);
}, 150_000);

test("a Jenkinsfile that the controller refuses makes its exit status 1", () => {
  const { status, stdout } = check({ STAND_IN: "strict" });
  expect(stdout).toContain("NOT OK  image.Jenkinsfile: Errors encountered validating Jenkinsfile");
  expect(status).toBe(1);
}, 150_000);
