import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseImage, type ImageDefinition } from "../../../model/image";
import { SHARED_DIRECTORY } from "../../../model/image/recipe-name";
import { RESERVED_NAMES } from "../../../model/image/reserved-names";
import { formatProblem } from "../../../model/problem";

const IMAGES = path.join(__dirname, "..", "..", "..", "images");
/** What it asks of its tests is left to those who test that. */
const EXAMPLE = readFileSync(path.join(IMAGES, "debian-12", "image.yaml"), "utf8").replace(/^tests:.*\n/m, "");
const surroundings = {
  directory: "debian-12",
  regions: ["RegionOne", "RegionTwo"],
  images: ["debian-12", "debian-12-minimal"],
};

function problems(text: string): string[] {
  const parsed = parseImage(text, "image.yaml", surroundings);
  return "problems" in parsed ? parsed.problems.map((one) => formatProblem(one).replace(/^image\.yaml:\d+: /, "")) : [];
}
function image(text: string, directory = "debian-12"): ImageDefinition {
  const parsed = parseImage(text, "image.yaml", { ...surroundings, directory });
  if ("problems" in parsed) throw new Error(parsed.problems.map(formatProblem).join("\n"));
  return parsed.image;
}

const catalogue = readdirSync(IMAGES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !Object.values(SHARED_DIRECTORY).includes(entry.name))
  .map((entry) => entry.name);

test.each(catalogue)("%s of the catalogue is valid", (name) => {
  expect(image(readFileSync(path.join(IMAGES, name, "image.yaml"), "utf8"), name).name).toBe(name);
});

test("what may be left out has a default", () => {
  const required = EXAMPLE.split("\n").filter((line) => !/^(schedule|support|team|status|variants|tests):/.test(line));
  expect(image(required.join("\n"))).toMatchObject({
    firmware: "bios",
    uuidValidity: "none",
    source: "private",
    variants: {},
    tests: { vulnerabilities: { failOn: "none", ignore: [] }, skip: [] },
    schedule: "manual",
    retention: {},
    support: {},
    status: { tested: true },
  });
});

test.each<[string, RegExp | string, string, string]>([
  [
    "another name than the directory's",
    "name: debian-12",
    "name: debian-13",
    'name: "debian-13" is not its directory\'s name ("debian-12"); write debian-12, or rename the directory',
  ],
  [
    "version as a number",
    'version: "12"',
    "version: 12",
    "os.version: 12 is not text; write it as text, in quotes if it looks like a number",
  ],
  [
    "builder",
    "builder: diskimage-builder",
    "builder: diskimage-bilder",
    'builder: "diskimage-bilder" is none of diskimage-builder, kiwi; did you mean "diskimage-builder"?',
  ],
  [
    "date",
    /providedUntil: .*/,
    "providedUntil: soon",
    'providedUntil: "soon" is no date; write YYYY-MM-DD, none or notice',
  ],
  [
    "period",
    /providedUntil: .*/,
    "$&\nuuidValidity: last-0",
    'uuidValidity: "last-0" is no period; write none, notice, forever, last-3 or YYYY-MM-DD',
  ],
  [
    "dangling region",
    /providedUntil: .*/,
    "$&\nregions: [RegionOne, RegoinTwo]",
    'regions[1]: "RegoinTwo" is no region of factory.yaml; did you mean "RegionTwo"?',
  ],
  [
    "region twice",
    /providedUntil: .*/,
    "$&\nregions: [RegionOne, RegionOne]",
    'regions[1]: "RegionOne" is listed twice; list it once',
  ],
  [
    "no elements",
    / {2}elements: .*\n/,
    "",
    "recipe.elements: is missing; list its elements: [debian-minimal, vm, cloud-init]",
  ],
  [
    "elements of the other builder",
    "builder: diskimage-builder",
    "builder: kiwi",
    "recipe.elements: is for diskimage-builder only; take it out; kiwi reads the description beside image.yaml",
  ],
  [
    "property of Glance's own",
    /providedUntil: .*/,
    "$&\nproperties: { os_hash_algo: sha256 }",
    "properties.os_hash_algo: can't be set; leave it to Glance and the factory",
  ],
  [
    "variable",
    / {2}elements: .*\n/,
    "$&  environment: { dib-release: x }\n",
    "recipe.environment.dib-release: is no variable's name; use A-Z 0-9 _",
  ],
  [
    "profiles of the other builder",
    / {2}elements: .*\n/,
    "$&  profiles: [Cloud]\n",
    "recipe.profiles: is for kiwi only; take it out; diskimage-builder has elements",
  ],
  [
    "a variant that reads what its builder does not",
    /providedUntil: .*/,
    '$&\nvariants: { docker: { description: "with Docker", profiles: [Docker] } }',
    "variants.docker.profiles: is for kiwi only; take it out; diskimage-builder has elements",
  ],
  [
    "a variant that is called as another image",
    /providedUntil: .*/,
    '$&\nvariants: { minimal: { description: "less" } }',
    "variants.minimal: is called as the image in images/debian-12-minimal; choose another name, or remove one of them",
  ],
  [
    "a variant whose name gets too long",
    /providedUntil: .*/,
    '$&\nvariants: { a-name-of-20-letters: { description: "x" }, twenty-one-letters-xx: { description: "x" } }',
    'variants.twenty-one-letters-xx: makes a name of 31 characters ("debian-12-twenty-one-letters-xx"); names of images have at most 30; choose a shorter one',
  ],
  [
    "schedule",
    /providedUntil: .*/,
    "$&\nschedule: sometimes",
    'schedule: "sometimes" is no schedule; write manual, nightly, weekly, monthly or five fields of cron',
  ],
  ...["99 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "5-3 * * * *", "*/0 * * * *"].map(
    (cron): [string, RegExp, string, string] => [
      `schedule ${cron}`,
      /providedUntil: .*/,
      `$&\nschedule: "${cron}"`,
      `schedule: "${cron}" is out of cron's range; minutes are 0-59, hours 0-23, days 1-31, months 1-12, days of the week 0-7`,
    ],
  ),
  [
    "support that ends before it begins",
    /support: .*/,
    "support: { from: 2030-01-01, until: 2029-01-01 }",
    'support.until: "2029-01-01" is before support.from (2030-01-01); correct one of them',
  ],
  [
    "an exception for what is no vulnerability",
    /providedUntil: .*/,
    '$&\ntests: { vulnerabilities: { ignore: [{ id: CVE-26-1, reason: "x" }] } }',
    'tests.vulnerabilities.ignore[0].id: "CVE-26-1" is no vulnerability\'s id; write it as CVE-2026-1234',
  ],
  [
    "images promised for longer than their system is looked after",
    /providedUntil: .*/,
    "providedUntil: 2031-01-01",
    'providedUntil: "2031-01-01" is after the operating system\'s support, which ends on 2028-06-30; write 2028-06-30 or earlier',
  ],
  [
    "untested without a reason",
    /providedUntil: .*/,
    "$&\nstatus: { tested: false }",
    "status.reason: is missing; say why the image is not tested",
  ],
  [
    "an exception without a reason",
    /providedUntil: .*/,
    "$&\ntests: { vulnerabilities: { failOn: high, ignore: [{ id: CVE-2026-1234 }] } }",
    "tests.vulnerabilities.ignore[0].reason: is missing; add it: Why it does not matter for this image; stands in the report",
  ],
  ["mail address", /owner: .*/, "owner: nobody", 'owner: "nobody" is no mail address; write it as owner@example.org'],
])("%s", (_, from, to, expected) => {
  const text = EXAMPLE.replace(from, to);
  expect(text).not.toBe(EXAMPLE);
  expect(problems(text)).toEqual([expected]);
});

test.each(RESERVED_NAMES)("an image can't be called %s: that is a subcommand of factory build", (name) => {
  expect(problems(EXAMPLE.replace("name: debian-12", `name: ${name}`))).toEqual([
    `name: "${name}" is what a subcommand of factory build is called; choose another name`,
  ]);
});

test("regions are not judged when factory.yaml's can't be read", () => {
  const text = `${EXAMPLE}\nregions: [Elsewhere]\n`;
  expect(parseImage(text, "i", { ...surroundings, regions: undefined })).toHaveProperty("image");
});

test.each([
  "manual",
  "nightly",
  "weekly",
  "monthly",
  "H 3 * * 1",
  "*/15 0-6 1,15 * *",
  "0 0 31 2 7",
  "H(0-29)/10 * * * *",
])("schedule %s", (schedule) => {
  expect(image(`${EXAMPLE}\nschedule: "${schedule}"\n`).schedule).toBe(schedule);
});

test.each([
  ["machine-idd", 'is no check of stage 9; did you mean "machine-id"?'],
  ["active", "can't be skipped: without it there is nothing to test"],
])("a check %s that can't be skipped is told", (check, said) => {
  const [problem, ...more] = problems(`${EXAMPLE}\ntests: { skip: [{ check: ${check}, reason: why not }] }\n`);
  expect(problem).toContain(`tests.skip[0].check: "${check}"`);
  expect(problem).toContain(said);
  expect(more).toEqual([]);
});
