import path from "node:path";
import { JENKINS, runJobs, type Job, type JobResult } from "../../support/jenkins-harness";

function stop(name: string, userId: string, more: Partial<Job> = {}): Job {
  return {
    name,
    job: "stop",
    jenkinsfile: path.join(JENKINS, "jobs", "stop.Jenkinsfile"),
    environment: { FACTORY_TEAM: "team@example.org", FACTORY_OPERATIONS: "operations" },
    jobParams: { IMAGE: "" },
    params: { IMAGE: " debian-12 " },
    shell: [{ match: "jenkins catalogue", stdout: JSON.stringify({ name: "debian-12", owner: "olga@example.org" }) }],
    causes: [{ _class: "hudson.model.Cause$UserIdCause", userId }],
    people: {
      olga: { mail: "olga@example.org", groups: ["factory-users"] },
      eve: { mail: "eve@example.org", groups: ["factory-users"] },
      otto: { mail: "otto@example.org", groups: ["operations"] },
    },
    ...more,
  };
}

let byOwner: JobResult, byOperations: JobResult, byEve: JobResult, nothing: JobResult, unknown: JobResult;
beforeAll(async () => {
  const said = 'factory: there is no image "debian-21" in images/; there are: debian-12\n';
  const files = { "logs/factory.log": said };
  [byOwner, byOperations, byEve, nothing, unknown] = (await runJobs([
    stop("by its owner", "olga"),
    stop("by operations", "otto"),
    stop("by another", "eve"),
    stop("without an image", "olga", { params: {} }),
    stop("of no image", "olga", { shell: [{ match: "jenkins catalogue", status: 1, files }] }),
  ])) as unknown as readonly [JobResult, JobResult, JobResult, JobResult, JobResult];
}, 120_000);

const commands = ({ shells }: JobResult): readonly string[] =>
  shells.map(({ label }) => label ?? "").filter((label) => label.startsWith("factory build"));

test.each([
  ["its owner", () => byOwner],
  ["operations", () => byOperations],
])("%s may stop a build: its job sees it fail, and ends its host", (_, result) => {
  expect(result()).toMatchObject({ problem: null, result: "SUCCESS", description: "debian-12 was stopped" });
  expect(commands(result())).toEqual(["factory build cancel debian-12 --keep-host"]);
});

test("nobody else may", () => {
  expect(byEve).toMatchObject({ problem: null, result: "NOT_BUILT", mails: [] });
  expect(byEve.console).toContain("eve may not stop this image's build: it is olga@example.org's");
  expect(commands(byEve)).toEqual([]);
});

test("it has to be the name of an image", () => {
  expect([nothing.result, unknown.result]).toEqual(["FAILURE", "FAILURE"]);
  expect(nothing.console).toContain("IMAGE: name the image whose build is to be stopped");
  expect(unknown.console).toContain('ERROR: there is no image "debian-21" in images/; there are: debian-12');
  expect([...commands(nothing), ...commands(unknown)]).toEqual([]);
});
