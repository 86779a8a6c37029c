import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runJobs, type Job, type JobResult } from "../../support/jenkins-harness";

/** What is written around a stage's steps. */
function pipeline(
  body: string,
  around: { readonly options?: string; readonly post?: string; readonly stages?: string } = {},
): string {
  const { options = "skipDefaultCheckout()", post = "", stages } = around;
  const stage = `stage('one') {
      agent { label 'deployer' }
      steps {
        ${body}
      }
    }`;
  return `pipeline {
  agent none
  options { ${options} }
  environment { COLOUR = 'red' }
  stages {
    ${stages ?? stage}
  }
  ${post}
}
`;
}

/** Jobs by what they show; `text` is their Jenkinsfile. */
const JOBS: Readonly<Record<string, Partial<Job> & { readonly text: string }>> = {
  really: {
    text: pipeline("sh 'echo \"$COLOUR $STAGE_NAME $((40 + 2))\" | tee seen.txt'\n        archiveArtifacts 'seen.txt'"),
  },
  fails: {
    text: pipeline("sh 'exit 3'", {
      post: "post {\n always { echo 'always' }\n failure { echo 'failure' }\n success { echo 'success' }\n cleanup { echo 'cleanup' }\n }",
    }),
  },
  unknownStep: { text: pipeline("powershel 'x'") },
  unknownParameter: { text: pipeline("sh(scriptt: 'x')") },
  wrongType: { text: pipeline("timeout(time: '5') { echo 'x' }") },
  twoParameters: { text: pipeline("sh('a', 'b')") },
  noNode: { text: pipeline("", { stages: "stage('one') { steps { sh 'true' } }" }) },
  statement: { text: pipeline("def x = 1") },
  oneLine: { text: pipeline("", { stages: "stage('one') { agent { label 'deployer' } steps { echo 'x' } }" }) },
  unknownSection: { text: pipeline("", { stages: "stage('one') {\n agent any\n script { echo 'x' }\n }" }) },
  missingAgent: {
    text: pipeline("", { stages: "stage('one') {\n agent { label 'nowhere' }\n steps { echo 'x' }\n }" }),
  },
  missingAgentInTime: {
    text: pipeline("", {
      stages:
        "stage('one') {\n agent { label 'nowhere' }\n options { timeout(time: 1, unit: 'MINUTES') }\n steps { echo 'x' }\n }",
    }),
  },
  checkout: { text: pipeline("echo 'x'", { options: "timestamps()" }) },
  undeclared: { text: pipeline("echo params.NOTHING") },
  secrets: {
    text: pipeline("withCredentials([string(credentialsId: 'token', variable: 'TOKEN')]) { sh 'echo got $TOKEN' }"),
    credentials: { token: "s3cret-value" },
  },
  lockedTwice: { text: pipeline("lock('a') { lock(resource: 'a') { echo 'x' } }") },
  timeOut: { text: pipeline("timeout(time: 1, unit: 'SECONDS') { sh 'sleep 60' }") },
  unknownLabel: { text: pipeline("lock(label: 'seats', quantity: 1) { echo 'x' }"), lockLabels: ["places"] },
  knownLabel: { text: pipeline("lock(label: 'places', quantity: 1) { echo 'x' }"), lockLabels: ["places"] },
  noStages: { text: pipeline("", { stages: "//" }) },
  sameStages: {
    text: pipeline("", {
      stages:
        "stage('one') {\n agent any\n steps { echo 'x' }\n }\n stage('one') {\n agent any\n steps { echo 'y' }\n }",
    }),
  },
  unknownOption: { text: pipeline("echo 'x'", { options: "buildDiscarder(logRotator(keep: '1'))" }) },
  expands: {
    text: pipeline("withEnv(['A=$COLOUR $$COLOUR $NOTHING']) { sh 'echo \"seen: $A\"' }"),
  },
  tokens: {
    text: pipeline(
      "emailext(to: 'a@example.org', subject: 's', mimeType: 'both', body: '<p>${ENV, var=\"COLOUR\"} $BUILD_LOG &#36;BUILD_LOG $NOTHING</p>')",
    ),
  },
  before: {
    text: pipeline("echo currentBuild.previousBuild.result + currentBuild.previousBuild.previousBuild.result"),
    previous: ["NOT_BUILT", "FAILURE"],
  },
  retries: { text: pipeline("retry(3) { sh 'echo try >> tries; test $(wc -l < tries) = 3' }") },
  caught: { text: pipeline("catchError(buildResult: 'UNSTABLE', stageResult: 'FAILURE') { sh 'false' }") },
  branches: {
    text: pipeline("", {
      stages: `stage('all') {
      failFast false
      parallel {
        stage('bad') {
          agent { label 'deployer' }
          steps { error('bad') }
        }
        stage('good') {
          agent { label 'deployer' }
          steps { echo 'good' }
        }
        stage('late') {
          agent { label 'deployer' }
          steps { echo 'late' }
        }
      }
    }
    stage('next') {
      agent { label 'deployer' }
      steps { echo 'next' }
    }`,
    }),
  },
  when: {
    text: pipeline("", {
      stages:
        "stage('one') {\n agent { label 'nowhere' }\n when {\n beforeAgent true\n expression { env.COLOUR == 'blue' }\n }\n steps { echo 'x' }\n }",
    }),
  },
  junit: {
    text: pipeline(
      `writeFile(file: 'r.xml', text: '<testsuite><testcase name="a"/><testcase name="b"><failure/></testcase></testsuite>')\n junit 'r.xml'`,
    ),
  },
};

describe("the harness", () => {
  let results: ReadonlyMap<string, JobResult>;
  let directory: string;
  beforeAll(async () => {
    directory = mkdtempSync(path.join(tmpdir(), "harness-"));
    mkdirSync(path.join(directory, "vars"));
    const jobs = Object.entries(JOBS).map(([name, { text, ...more }]) => {
      const jenkinsfile = path.join(directory, `${name}.Jenkinsfile`);
      writeFileSync(jenkinsfile, text);
      return { name, jenkinsfile, ...more };
    });
    results = new Map((await runJobs(jobs, { library: directory })).map((result) => [result.name, result]));
  }, 300_000);
  afterAll(() => rmSync(directory, { recursive: true }));

  test("scripts really run, with what surrounds them", () => {
    expect(results.get("really")).toMatchObject({ problem: null, result: "SUCCESS", archived: ["seen.txt"] });
    expect(results.get("really")!.console).toContain("red one 42");
  });

  test("a failure fails the build; the conditions of post that apply run, cleanup last", () => {
    const { result, console } = results.get("fails")!;
    expect(result).toBe("FAILURE");
    expect(console).toMatch(/exit code 3\nalways\nfailure\ncleanup\n/);
    expect(console).not.toContain("success");
  });

  test.each([
    ["unknownStep", "nobody knows powershel(): no step of steps.tsv, nothing in jenkins/vars"],
    ["unknownParameter", "step sh: has no parameter scriptt"],
    ["wrongType", "step timeout: parameter time wants Integer, got String"],
    ["twoParameters", "step sh: takes at most one parameter without a name, got 2"],
    ["noNode", "step sh: needs a node around it"],
    ["statement", "steps holds steps only; put this into script { … }"],
    ["unknownSection", "stage 'one': script does not belong there"],
    ["missingAgent", "no node has the label nowhere, and nothing ends the waiting for it"],
    ["checkout", "say skipDefaultCheckout()"],
    ["undeclared", "the job declares no parameter NOTHING"],
    ["oneLine", "steps stands on the line of agent: each section has a line of its own"],
    ["unknownLabel", "lock: nothing that is declared has the label seats"],
    ["noStages", "stages: has no stage"],
    ["sameStages", "stages: has the stage 'one' twice"],
    ["unknownOption", "logRotator: has no parameter keep"],
    ["lockedTwice", "this build holds a already"],
  ])("refuses what Jenkins would not take, or wait for: %s", (name, message) => {
    expect(results.get(name)!.problem).toContain(message);
    expect(results.get(name)!.result).toBe("REFUSED");
  });

  test("a label that is declared can be locked", () => {
    expect(results.get("knownLabel")).toMatchObject({ problem: null, locks: [{ names: ["places"] }] });
  });

  test("withEnv expands names that it knows, as Jenkins does, and $$ is one of them", () => {
    expect(results.get("expands")!.console).toContain("seen: red $COLOUR $NOTHING");
  });

  test("a mail's tokens are expanded, as email-ext does", () => {
    expect(results.get("tokens")!.mails[0]!.body).toMatch(
      /^<p>red [^$]*Running on deployer[^$]* &#36;BUILD_LOG \$NOTHING/,
    );
  });

  test("builds before this one", () => {
    expect(results.get("before")!.console).toContain("NOT_BUILTFAILURE");
  });

  test("waits for an agent no longer than its timeout", () => {
    expect(results.get("missingAgentInTime")).toMatchObject({ problem: null, result: "ABORTED" });
  });

  test("credentials are variables, and stars in the log", () => {
    expect(results.get("secrets")!.console).toContain("got ****");
    expect(results.get("secrets")!.console).not.toContain("s3cret-value");
  });

  test("a timeout ends a script and aborts; retry tries again; catchError goes on", () => {
    expect(results.get("timeOut")!.result).toBe("ABORTED");
    expect(results.get("retries")).toMatchObject({ result: "SUCCESS", problem: null });
    expect(results.get("caught")).toMatchObject({ result: "UNSTABLE", stages: [{ name: "one", status: "FAILURE" }] });
  });

  test("branches run beside each other: one that fails stops none of them, but what comes next", () => {
    const { stages, result } = results.get("branches")!;
    const status = Object.fromEntries(stages.map(({ name, status: how }) => [name, how]));
    expect(status).toEqual({ all: "FAILURE", bad: "FAILURE", good: "SUCCESS", late: "SUCCESS", next: "NOT_BUILT" });
    expect(result).toBe("FAILURE");
  });

  test("a condition before the agent waits for none", () => {
    expect(results.get("when")).toMatchObject({ problem: null, stages: [{ name: "one", status: "SKIPPED" }] });
  });

  test("failed tests make it unstable", () => {
    expect(results.get("junit")).toMatchObject({ result: "UNSTABLE", tests: [{ total: 2, failed: 1 }] });
  });
});
