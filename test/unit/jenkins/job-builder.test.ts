import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { stringify } from "yaml";

/**
 * The golden files against what jenkins-job-builder, which knows Jenkins' XML by itself, makes of the same jobs: each
 * element of ours has to be one of its, with the same class and the same text.
 */
const GOLDEN = path.join(__dirname, "golden");
const text = (name: string, description: string) => ({ string: { name, default: "", description } });
const box = (name: string, description: string) => ({ bool: { name, default: false, description } });
const parameters = (image: string) => [
  { choice: { name: "IMAGE", choices: [image], description: "The image that this job builds" } },
  text(
    "RECIPES",
    "Branch, tag or commit whose images/ is built; empty: stable. Pipeline and tools stay those of the factory, and whose the image is says stable",
  ),
  text(
    "REGIONS",
    "Some of RegionOne, RegionTwo, separated by commas; empty: all. RegionOne, where it is built, always is one",
  ),
  box("FORCE", "Build although nothing has changed"),
  box("KEEP_HOST", "Keep the build host, until 24 hours after the build's beginning"),
  box("SKIP_PUBLISH", "Make no publish request"),
  box(
    "TESTS_ONLY",
    "Only run the tests again, on a host that was kept; it is destroyed after, unless KEEP_HOST is ticked again",
  ),
  text("NOTIFY", "Mail addresses of more people who are told, separated by commas"),
  box("DEBUG", "Let the builder tell everything that it does"),
];
const job = (name: string, description: string, schedule?: string) => ({
  job: {
    name,
    "project-type": "pipeline",
    description,
    disabled: false,
    concurrent: false,
    parameters: parameters(path.basename(name)),
    properties: [{ "build-discarder": { "num-to-keep": 500, "artifact-num-to-keep": 20 } }],
    ...(schedule && { triggers: [{ timed: schedule }] }),
    "pipeline-scm": {
      scm: [{ git: { url: "https://git.example.org/factory.git", branches: ["a".repeat(40)] } }],
      "script-path": "jenkins/jobs/image.Jenkinsfile",
      "lightweight-checkout": false,
    },
  },
});
const view = {
  "view-type": "list",
  name: "nightly",
  description: "Images that are built by themselves",
  recurse: true,
  "job-name": ["images/debian/debian-12"],
  columns: ["status", "weather", "job", "last-success", "last-failure", "last-duration", "build-button"],
};
const SAME = [
  job("images/debian/debian-12", "Debian 12 with <tools> & more. Owner: owner@example.org", "H H(1-4) * * *"),
  job("images/debian/debian-13", "Debian 12. Owner: owner@example.org"),
  { view },
];

/** The version in Debian knows that builds are not concurrent, and not what becomes of the earlier one. */
const UNKNOWN = /DisableConcurrentBuildsJobProperty\/abortPrevious/;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), "job-builder-"));
  writeFileSync(path.join(directory, "jobs.yaml"), stringify(SAME));
  const args = ["test", "--config-xml", path.join(directory, "jobs.yaml"), "-o", path.join(directory, "out")];
  execFileSync("jenkins-jobs", args, { stdio: "pipe", env: { ...process.env, HOME: directory } });
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true }));

/** `flow-definition/scm@hudson.plugins.git.GitSCM/… = text` of every element. */
function elements(xml: string): string[] {
  const flat = `
import json, sys, xml.etree.ElementTree as tree
def walk(element, at):
    kind = element.get('class')
    here = at + '/' + element.tag + ('@' + kind if kind else '')
    text = (element.text or '').split('<!-- Managed by')[0].strip()
    yield here + (' = ' + text if text else '')
    for child in element: yield from walk(child, here)
print(json.dumps(list(walk(tree.fromstring(sys.stdin.buffer.read()), ''))))`;
  return JSON.parse(execFileSync("python3", ["-c", flat], { input: xml, encoding: "utf8" })) as string[];
}

test.each(["images/debian/debian-12", "images/debian/debian-13", "nightly"])(
  "%s is as jenkins-job-builder makes it",
  (name) => {
    const theirs = path.join(directory, "out", name, "config.xml");
    expect(existsSync(theirs)).toBe(true);
    const known = elements(readFileSync(theirs, "utf8"));
    const ours = elements(readFileSync(path.join(GOLDEN, `${name.replaceAll("/", "-")}.xml`), "utf8"));
    expect(ours.length).toBeGreaterThan(10);
    expect(ours.filter((element) => !known.includes(element) && !UNKNOWN.test(element))).toEqual([]);
  },
);
