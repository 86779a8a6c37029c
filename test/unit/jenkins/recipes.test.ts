/** Whose recipes a build takes: the scripts really run, git and all; only the factory's command line is stood in for. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { JENKINS, runJobs, type Job, type JobResult } from "../../support/jenkins-harness";
import { PARAMETERS } from "./image-job";

/** Tells the catalogue of the recipes that it is pointed to, and ends the build with what it was told. */
const FACTORY = `#!/bin/sh
if [ "$1 $2" = "jenkins catalogue" ]; then exec cat "$FACTORY_RECIPES/job.json"; fi
echo "recipes $(cat "$FACTORY_RECIPES/name"), regions $FACTORY_REGIONS"
exit 1
`;

const WANTED = [
  "",
  "  feature ",
  "v1",
  "-f",
  "--force",
  "-q",
  "feature typo",
  "$FACTORY_TEAM",
  "for-$FACTORY_TEAM",
  "feature",
] as const;

describe("the recipes of a build", () => {
  let directory: string;
  let results: readonly JobResult[];
  const of = (wanted: (typeof WANTED)[number]): JobResult => results[WANTED.indexOf(wanted)]!;

  beforeAll(async () => {
    directory = mkdtempSync(path.join(tmpdir(), "recipes-"));
    const repository = path.join(directory, "repository");
    mkdirSync(repository);
    const git = (...words: readonly string[]) =>
      execFileSync("git", ["-C", repository, "-c", "user.name=t", "-c", "user.email=t@example.org", ...words]);
    const commit = (name: string, owner: string) => {
      const job = { name: "debian-12", owner, team: "team@example.org", regions: ["RegionOne", "RegionTwo"] };
      writeFileSync(path.join(repository, "job.json"), JSON.stringify(job));
      writeFileSync(path.join(repository, "name"), name);
      git("add", ".");
      git("commit", "-qm", name);
    };
    git("init", "-q", "-b", "stable");
    commit("tagged", "olga@example.org");
    git("tag", "v1");
    commit("usual", "olga@example.org");
    git("checkout", "-q", "-b", "feature");
    commit("feature", "eve@example.org");
    git("checkout", "-q", "-b", "for-$FACTORY_TEAM", "v1");
    commit("dollar", "olga@example.org");
    git("checkout", "-q", "stable");
    const bin = path.join(directory, "bin");
    mkdirSync(bin);
    writeFileSync(path.join(bin, "factory"), FACTORY);
    chmodSync(path.join(bin, "factory"), 0o755);
    const job = (wanted: string): Job => ({
      name: wanted,
      job: "debian-12",
      jenkinsfile: path.join(JENKINS, "jobs", "image.Jenkinsfile"),
      jobParams: PARAMETERS,
      lockLabels: ["build-hosts"],
      params: { RECIPES: wanted },
      environment: {
        PATH: `${bin}:${process.env["PATH"] ?? ""}`,
        FACTORY_GIT: repository,
        FACTORY_GIT_REF: "stable",
        FACTORY_TEAM: "team@example.org",
      },
    });
    const causes = [{ _class: "hudson.model.Cause$UserIdCause", userId: "eve" }];
    const people = { eve: { mail: "eve@example.org" } };
    results = await runJobs([
      ...WANTED.slice(0, -1).map((wanted) => job(wanted)),
      { ...job("feature"), name: "by eve", causes, people },
    ]);
  }, 300_000);
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test.each([
    ["", "usual"],
    ["  feature ", "feature"],
    ["v1", "tagged"],
    ["for-$FACTORY_TEAM", "dollar"],
  ] as const)("RECIPES '%s' are the %s ones", (wanted, name) => {
    expect(of(wanted)).toMatchObject({ problem: null, result: "FAILURE" });
    expect(of(wanted).console).toContain(`recipes ${name}, regions RegionOne,RegionTwo`);
  });

  test.each(["-f", "--force", "-q", "feature typo", "$FACTORY_TEAM"] as const)(
    "RECIPES '%s' is refused in one line that says what to do",
    (wanted) => {
      expect(of(wanted)).toMatchObject({ problem: null, result: "FAILURE" });
      expect(of(wanted).console).not.toMatch(/recipes (usual|feature|tagged|dollar), regions|fatal:|error:/);
      const reason = `RECIPES: the repository has no branch, tag or commit "${wanted}"; leave it empty for the usual branch (stable)`;
      expect(of(wanted).console).toContain(`ERROR: ${reason}`);
      expect(of(wanted).mails[0]?.body).toContain(reason.replaceAll('"', "&quot;").replace("$", "&#36;"));
    },
  );

  test("whose an image is says the usual branch: a branch in which somebody is its owner makes her none", () => {
    expect(of("feature")).toMatchObject({ name: "by eve", problem: null });
    expect(of("feature").console).toContain("eve may not build this image: it is olga@example.org's");
    expect(of("feature").console).not.toContain("recipes feature");
  });
});
