import path from "node:path";
import { JENKINS, runJobs, type Job, type JobResult, type ShellRule } from "../../support/jenkins-harness";

const left = { build: "debian-12-202601311200-3f2a", image: "debian-12", left: { servers: 1 } };
const reap = (builds: readonly unknown[]): ShellRule => ({ match: "factory reap", stdout: JSON.stringify(builds) });

function selfcheck(name: string, shell: readonly ShellRule[], more: Partial<Job> = {}): Job {
  return {
    name,
    job: "selfcheck",
    jenkinsfile: path.join(JENKINS, "jobs", "selfcheck.Jenkinsfile"),
    environment: { FACTORY_TEAM: "team@example.org", FACTORY_OPERATIONS: "operations" },
    shell,
    ...more,
  };
}

let well: JobResult, stays: JobResult, leftBehind: JobResult, both: JobResult, byOwner: JobResult;
beforeAll(async () => {
  const causes = [{ _class: "hudson.model.Cause$UserIdCause", userId: "olga" }];
  const people = { olga: { mail: "olga@example.org", groups: ["factory-users"] } };
  [well, stays, leftBehind, both, byOwner] = (await runJobs([
    selfcheck("well", [reap([])]),
    selfcheck("stays", [reap([{ ...left, stays: "its runner gave a sign of life" }])]),
    selfcheck("left behind", [reap([left])]),
    selfcheck("all is wrong", [{ match: "factory (status|reap)", status: 1 }]),
    selfcheck("by an owner", [reap([])], { causes, people }),
  ])) as unknown as readonly [JobResult, JobResult, JobResult, JobResult, JobResult];
}, 120_000);

test("is well when nothing is wrong, and nothing is left but what has a reason to be", () => {
  expect(well).toMatchObject({ problem: null, result: "SUCCESS", mails: [] });
  expect(stays).toMatchObject({ problem: null, result: "SUCCESS", mails: [] });
});

test("fails for what the reaper should have taken, and says which", () => {
  expect(leftBehind).toMatchObject({ problem: null, result: "FAILURE" });
  expect(leftBehind.mails[0]!.body).toContain(`Reason: not in order: ${left.build} was left behind; see the log`);
});

test("tells all that is wrong at once", () => {
  expect(both.mails[0]!.body).toContain("not in order: factory status, factory reap; see the log");
});

test("is for administrators and operations, and for its schedule", () => {
  expect(byOwner).toMatchObject({ problem: null, result: "NOT_BUILT", shells: [], mails: [] });
});
