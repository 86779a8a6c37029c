/** The job of an image, with scripts that are answered instead of run. */
import path from "node:path";
import { JENKINS, type Job, type ShellRule } from "../../support/jenkins-harness";

export const BUILD = "debian-12-202601311200-3f2a";

export const PARAMETERS = {
  IMAGE: "debian-12",
  RECIPES: "",
  REGIONS: "",
  FORCE: false,
  KEEP_HOST: false,
  SKIP_PUBLISH: false,
  TESTS_ONLY: false,
  NOTIFY: "",
  DEBUG: false,
};

const host = {
  build: BUILD,
  address: "10.60.0.77",
  hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIhost",
  directory: "/var/lib/factory-agent",
  credentials: "build-host",
  unit: "factory-build.service",
};

const shown = {
  build: BUILD,
  unchanged: false,
  stages: [
    { name: "checkout", state: "succeeded", message: "curl from 7.88.1-10 to 7.88.1-11" },
    { name: "distribute", state: "succeeded", data: { regions: [{ name: "RegionTwo", imageId: "i-2" }] } },
  ],
};

const row = { build: BUILD, seconds: 912, megabytes: 412, packages: 301, lynis: 71, cves: 3 };

/** How the factory's commands answer when all is well. */
export const WELL: readonly ShellRule[] = [
  {
    match: "factory jenkins catalogue",
    stdout: JSON.stringify({
      owner: "owner@example.org",
      team: "team@example.org",
      regions: ["RegionOne", "RegionTwo"],
    }),
  },
  { match: "factory internal unchanged", status: 1 },
  { match: "factory jenkins agent", stdout: JSON.stringify(host) },
  { match: "factory build show", stdout: JSON.stringify(shown) },
  { match: "factory build statistics", stdout: JSON.stringify({ image: "debian-12", builds: [row] }) },
];

/** @param first rules that come before those of a build that goes well */
export function imageJob(name: string, first: readonly ShellRule[] = [], more: Partial<Job> = {}): Job {
  return {
    name,
    job: "debian-12",
    jenkinsfile: path.join(JENKINS, "jobs", "image.Jenkinsfile"),
    jobParams: PARAMETERS,
    lockLabels: ["build-hosts"],
    environment: { FACTORY_GIT: "https://git.example.org/factory.git", FACTORY_TEAM: "team@example.org" },
    shell: [...first, ...WELL],
    url: "https://jenkins.example.org/job/images/job/debian/job/debian-12/7/",
    ...more,
  };
}
