import path from "node:path";
import { JENKINS, runJobs, type Job, type JobResult } from "../../support/jenkins-harness";

function reap(name: string, more: Partial<Job> = {}): Job {
  return {
    name,
    job: "reap",
    jenkinsfile: path.join(JENKINS, "jobs", "reap.Jenkinsfile"),
    environment: { FACTORY_TEAM: "team@example.org", FACTORY_OPERATIONS: "operations" },
    jobParams: { DELETE: false },
    shell: [{ match: "factory reap", stdout: "debian-12-202601311200-3f2a  a build host, 3 days over its time" }],
    ...more,
  };
}
const asked = (userId: string, groups: readonly string[]): Partial<Job> => ({
  causes: [{ _class: "hudson.model.Cause$UserIdCause", userId }],
  people: { [userId]: { mail: `${userId}@example.org`, groups } },
});

let listed: JobResult, deleted: JobResult, failed: JobResult, byOwner: JobResult;
beforeAll(async () => {
  [listed, deleted, failed, byOwner] = (await runJobs([
    reap("lists"),
    reap("deletes", { jobParams: { DELETE: true }, ...asked("otto", ["operations"]) }),
    reap("fails", { shell: [{ match: "factory reap", status: 1 }] }),
    reap("by an owner", asked("olga", ["factory-users"])),
  ])) as unknown as readonly [JobResult, JobResult, JobResult, JobResult];
}, 120_000);

const commands = ({ shells }: JobResult): readonly string[] =>
  shells.map(({ label }) => label ?? "").filter((label) => label.startsWith("factory"));

test("lists what was left behind, and deletes it only when asked to", () => {
  expect(listed).toMatchObject({ problem: null, result: "SUCCESS", mails: [] });
  expect(commands(listed)).toEqual(["factory reap"]);
  expect(deleted).toMatchObject({ problem: null, result: "SUCCESS" });
  expect(commands(deleted)).toEqual(["factory reap --delete"]);
});

test("is for administrators and operations, not for owners", () => {
  expect(byOwner).toMatchObject({ problem: null, result: "NOT_BUILT", mails: [] });
  expect(commands(byOwner)).toEqual([]);
});

test("the team is told when it fails", () => {
  expect(failed).toMatchObject({ problem: null, result: "FAILURE" });
  expect(failed.mails).toMatchObject([{ to: ["team@example.org"] }]);
});
