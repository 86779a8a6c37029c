import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { jenkinsValues } from "../../../deployer/roles/jenkins-values";
import { fillCasc } from "../../../model/casc";
import { imageJobs } from "../../../model/jenkins-jobs";
import { groovy, JENKINS, runJobs, type Job, type JobResult } from "../../support/jenkins-harness";
import { imageDefinition } from "../model/definitions";
import { exampleContext } from "../stacks/context";
import { PARAMETERS } from "./image-job";

const GOLDEN = path.join(__dirname, "golden");
const { config } = exampleContext();
const catalogue = imageJobs(config, [
  imageDefinition({ schedule: "nightly", description: "Debian 12 with <tools> & more" }),
  imageDefinition({ name: "debian-13", team: "linux@example.org" }),
  imageDefinition({
    name: "rocky-9",
    os: { distro: "rocky", version: "9", codename: "rocky", user: "rocky" },
    schedule: "weekly",
    status: { tested: false, reason: "its mirror is not in reach" },
  }),
]);
const added = imageJobs(config, [imageDefinition({ name: "debian-14" })]);

function seed(name: string, images: readonly unknown[], more: Partial<Job> = {}): Job {
  return {
    name,
    job: "seed",
    jenkinsfile: path.join(JENKINS, "jobs", "seed.Jenkinsfile"),
    environment: {
      FACTORY_GIT: "https://git.example.org/factory.git",
      FACTORY_GIT_REF: "stable",
      FACTORY_COMMIT: "a".repeat(40),
      FACTORY_TEAM: "team@example.org",
    },
    shell: [{ match: "jenkins catalogue", stdout: JSON.stringify(images) }],
    ...more,
  };
}

const byOlga = {
  causes: [{ _class: "hudson.model.Cause$UserIdCause", userId: "olga" }],
  people: { olga: { mail: "owner@example.org", groups: ["factory-users"] } },
};
const BROKEN = {
  match: "jenkins catalogue",
  status: 1,
  files: { "logs/factory.log": "factory: images/debian-12/image.yaml: owner is missing\n" },
};

type One = JobResult;
type Nine = readonly [One, One, One, One, One, One, One, One, One];

let first: JobResult, more: JobResult, less: JobResult, broken: JobResult, all: JobResult, byOwner: JobResult;
let stillBroken: JobResult, mended: JobResult, seedByOwner: JobResult;
beforeAll(async () => {
  const existing = ["images/debian/debian-12", "images/debian/debian-13", "factory/seed"];
  [first, more, less, broken, all, byOwner, stillBroken, mended, seedByOwner] = (await runJobs([
    seed("first", catalogue),
    seed("an image more", [...catalogue, ...added]),
    seed("an image less", catalogue.slice(0, 1), { existing }),
    seed("a broken catalogue", [], { existing, shell: [BROKEN] }),
    seed("build-all", catalogue, {
      jenkinsfile: path.join(JENKINS, "jobs", "build-all.Jenkinsfile"),
      jobs: { "/images/debian/debian-12": "FAILURE" },
    }),
    seed("build-all by an owner", catalogue, {
      jenkinsfile: path.join(JENKINS, "jobs", "build-all.Jenkinsfile"),
      ...byOlga,
    }),
    seed("still broken", [], { shell: [BROKEN], previous: ["NOT_BUILT", "FAILURE"] }),
    seed("mended", catalogue, { previous: "FAILURE" }),
    seed("by an owner", catalogue, byOlga),
  ])) as unknown as Nine;
}, 300_000);

test("each image of the catalogue has a job in its family's folder", () => {
  expect(first).toMatchObject({ problem: null, result: "SUCCESS", description: "3 jobs" });
  expect(Object.keys(first.generated)).toEqual([
    "images",
    "images/debian",
    "images/debian/debian-12",
    "images/debian/debian-13",
    "images/rocky",
    "images/rocky/rocky-9",
    "nightly",
  ]);
});

test.each(["images/debian/debian-12", "images/debian/debian-13", "images/rocky/rocky-9", "nightly"])(
  "%s is as in its golden file",
  (name) => {
    const file = path.join(GOLDEN, `${name.replaceAll("/", "-")}.xml`);
    if (process.env["UPDATE_GOLDEN"] === "1") {
      mkdirSync(GOLDEN, { recursive: true });
      writeFileSync(file, first.generated[name]!);
    }
    expect(first.generated[name]).toBe(readFileSync(file, "utf8"));
  },
);

test("no job is checked out by halves: of a commit by its name Jenkins can do so for branches only", () => {
  const jobs = Object.entries(first.generated).filter(([, xml]) => xml.includes("<scriptPath>"));
  expect(jobs).toHaveLength(3);
  for (const [, xml] of jobs) expect(xml).toContain("<lightweight>false</lightweight>");
});

test("the form has what the pipeline reads", () => {
  const names = [...first.generated["images/debian/debian-12"]!.matchAll(/<name>([A-Z_]+)<\/name>/g)].map(
    ([, name]) => name,
  );
  expect(names.sort()).toEqual(Object.keys(PARAMETERS).sort());
});

test("a new directory in images/ gives one job more and changes no other", () => {
  const names = Object.keys(more.generated).filter((name) => !(name in first.generated));
  expect(names).toEqual(["images/debian/debian-14"]);
  for (const [name, xml] of Object.entries(first.generated))
    if (name !== "nightly") expect(more.generated[name]).toBe(xml);
});

test("a job whose image has left the catalogue is disabled, not deleted; others of the factory are let be", () => {
  expect(less.disabled).toEqual(["images/debian/debian-13"]);
});

test("a catalogue that can not be read changes no job, and the team is told", () => {
  expect(broken).toMatchObject({ problem: null, result: "FAILURE", generated: {}, disabled: [] });
  expect(broken.mails).toMatchObject([{ to: ["team@example.org"] }]);
  expect(broken.mails[0]!.body).toContain("Reason: images/debian-12/image.yaml: owner is missing");
});

test("the team is told once that it fails, and once that it is well again", () => {
  expect(stillBroken).toMatchObject({ result: "FAILURE", mails: [] });
  expect(mended.mails).toMatchObject([
    { to: ["team@example.org"], subject: expect.stringMatching(/seed success$/) as string },
  ]);
  expect(first.mails).toEqual([]);
});

test("the seed is for administrators and operations, and for its schedule", () => {
  expect(seedByOwner).toMatchObject({ problem: null, result: "NOT_BUILT", generated: {}, mails: [] });
});

test("build-all is for administrators and operations, not for owners", () => {
  expect(byOwner).toMatchObject({ problem: null, result: "NOT_BUILT", started: [], mails: [] });
  expect(byOwner.console).toContain("olga may not do this: it is for administrators and operations");
});

test("build-all starts the job of each tested image; one that fails stops no other", () => {
  expect(all).toMatchObject({ problem: null, result: "UNSTABLE" });
  expect(all.started.map(({ job }) => job).sort()).toEqual(["/images/debian/debian-12", "/images/debian/debian-13"]);
});

test("JCasC makes the factory's own jobs, whose Jenkinsfiles are there, and starts the seed", async () => {
  const git = { url: "https://git.example.org/factory.git", ref: "main" };
  const facts = { host: "controller", hostKey: "ssh-ed25519 AAAA", commit: "a".repeat(40) };
  const values = jenkinsValues({ ...config, infrastructure: { ...config.infrastructure, git } }, facts);
  const file = path.join(JENKINS, "casc", "library.yaml");
  const { jobs } = parse(fillCasc(file, readFileSync(file, "utf8"), values)) as {
    readonly jobs: readonly { readonly script: string }[];
  };
  // JCasC would take ${…} for a secret
  expect(jobs[0]!.script).not.toMatch(/(?<!\^)\$\{/);
  const made = await groovy(path.join(__dirname, "job-dsl.groovy"), { script: jobs[0]!.script });
  const { items, queued } = JSON.parse(made) as Pick<JobDslResult, "items" | "queued">;
  const names = ["seed", "build-all", "selfcheck", "reap", "stop"];
  expect(Object.keys(items)).toEqual(["factory", ...names.map((name) => `factory/${name}`)]);
  expect(queued).toEqual(["factory/seed"]);
  for (const name of names) {
    expect(readFileSync(path.join(JENKINS, "jobs", `${name}.Jenkinsfile`), "utf8")).toContain("pipeline {");
    expect(items[`factory/${name}`]).toContain(`<scriptPath>jenkins/jobs/${name}.Jenkinsfile</scriptPath>`);
    expect(items[`factory/${name}`]).toContain(`<name>${"a".repeat(40)}</name>`);
    expect(items[`factory/${name}`]).toContain("<lightweight>false</lightweight>");
  }
  const crons = names.map((name) => /<spec>(.*)<\/spec>/.exec(items[`factory/${name}`]!)?.[1]);
  expect(crons).toEqual(["H/10 * * * *", undefined, "H H(5-6) * * *", undefined, undefined]);
  expect(items["factory/reap"]).toMatch(/BooleanParameterDefinition>\s*<name>DELETE<.name>/);
  expect(items["factory/stop"]).toMatch(/StringParameterDefinition>\s*<name>IMAGE<.name>/);
}, 60_000);

interface JobDslResult {
  /** XML by full name. */
  readonly items: Readonly<Record<string, string>>;
  readonly queued: readonly string[];
}

test("schedules are spread by Jenkins' hash: none names a minute, and none at all where nobody asked for one", () => {
  const schedules = ["manual", "nightly", "weekly", "monthly"].map(
    (schedule) => imageJobs(config, [imageDefinition({ schedule })])[0]!.schedule,
  );
  expect(schedules[0]).toBe("");
  for (const schedule of schedules.slice(1)) expect(schedule).toMatch(/^H H\(1-4\) /);
  expect(first.generated["images/debian/debian-13"]).not.toContain("TimerTrigger");
});
