/** What people are told of a build, and who is told nothing. */
import { runJobs, type Job, type JobResult } from "../../support/jenkins-harness";
import { BUILD, imageJob } from "./image-job";

const UNKNOWN = {
  match: "jenkins catalogue",
  status: 1,
  files: { "logs/01-initialise.log": 'factory: there is no image "debian-12" in images/; there are: debian-13\n' },
};
const shown = (stages: readonly unknown[]) => ({
  match: "build show",
  stdout: JSON.stringify({ build: BUILD, stages }),
});
const statistics = (builds: readonly unknown[]) => ({ match: "build statistics", stdout: JSON.stringify({ builds }) });
const past = Array.from({ length: 12 }, (_, n) => ({
  build: `debian-12-${n}`,
  result: n % 4 === 0 ? "failed" : "succeeded",
}));
const row = { build: BUILD, result: "succeeded", seconds: 912.4, stages: { test: 170, "build-image": 400, sign: 4 } };
const UNCHANGED = { match: "internal unchanged", status: 0 };

const JOBS = {
  wrongNotify: imageJob("1", [], { params: { NOTIFY: "ann@example.org; bob, $TEAM@example.org <x>" } }),
  manyNotify: imageJob("2", [], {
    params: { NOTIFY: "ann@example.org;bob@example.org  cy@example.org,ann@example.org" },
  }),
  commas: imageJob("3", [], { params: { REGIONS: ",, " } }),
  blanks: imageJob("4", [], { params: { REGIONS: "RegionTwo RegionOne" } }),
  wrongRegion: imageJob("5", [], { params: { REGIONS: "RegionTwo,RegionSix RegionTen" } }),
  unknown: imageJob("6", [UNKNOWN]),
  stoppedByOwner: imageJob("7", [
    { match: "--until test", status: 1 },
    shown([{ name: "test", state: "failed", message: "cancelled by deployer@controller" }]),
  ]),
  earlier: imageJob("8", [UNKNOWN, statistics([row])]),
  numbers: imageJob("9", [statistics([...past, row])], { previous: "SUCCESS" }),
  firstUnchanged: imageJob("10", [UNCHANGED]),
  wellUnchanged: imageJob("11", [UNCHANGED], { previous: "FAILURE" }),
  firstTests: imageJob("12", [], { params: { TESTS_ONLY: true } }),
  wellTests: imageJob("13", [], { params: { TESTS_ONLY: true }, previous: "FAILURE" }),
  afterRefusal: imageJob("14", [], { previous: ["NOT_BUILT", "SUCCESS"] }),
  noHost: imageJob("15", [UNKNOWN], { params: { KEEP_HOST: true } }),
} satisfies Readonly<Record<string, Job>>;

const results = new Map<string, JobResult>();
const of = (name: keyof typeof JOBS): JobResult => results.get(name)!;
beforeAll(async () => {
  const names = Object.keys(JOBS);
  (await runJobs(Object.values(JOBS))).forEach((result, index) => results.set(names[index]!, result));
}, 300_000);

const labels = (result: JobResult): string => result.shells.map(({ label }) => label ?? "").join("\n");
const subjects = ({ mails }: JobResult): readonly string[] => mails.map(({ subject }) => subject);

test("the harness takes all of it", () => {
  expect([...results.values()].map(({ problem }) => problem).filter((problem) => problem !== null)).toEqual([]);
});

test("NOTIFY with an address that is none is refused before anything is made, and costs nobody the mail", () => {
  const { mails, console } = of("wrongNotify");
  expect(console).toContain(
    "ERROR: NOTIFY: bob, $TEAM@example.org, <x> is no mail address; write name@example.org, more of them separated by commas",
  );
  expect(labels(of("wrongNotify"))).not.toContain("--until");
  expect(mails).toMatchObject([{ to: ["owner@example.org"], cc: ["team@example.org", "ann@example.org"] }]);
  expect(mails[0]!.body).toContain("Reason: NOTIFY: bob, &#36;TEAM@example.org");
});

test("NOTIFY may be separated by commas, semicolons and blanks", () => {
  const others = ["ann@example.org", "bob@example.org", "cy@example.org"];
  expect(of("manyNotify").mails).toMatchObject([{ to: ["owner@example.org"], cc: ["team@example.org", ...others] }]);
});

test("REGIONS without a name are all, and may be separated by blanks", () => {
  const locked = ({ locks }: JobResult) => locks.find(({ names }) => names[0]?.startsWith("region-"))?.names;
  expect(locked(of("commas"))).toEqual(["region-RegionOne", "region-RegionTwo"]);
  expect(locked(of("blanks"))).toEqual(["region-RegionTwo", "region-RegionOne"]);
});

test("REGIONS that the image does not go to are refused in stage 1", () => {
  expect(of("wrongRegion")).toMatchObject({ result: "FAILURE" });
  expect(of("wrongRegion").console).toContain(
    "ERROR: REGIONS: debian-12 does not go to RegionSix, RegionTen; name some of RegionOne, RegionTwo, or nothing for all",
  );
  expect(labels(of("wrongRegion"))).not.toContain("--dry-run");
});

test("a mail gives the reason, and has the lines that it speaks of", () => {
  const [mail] = of("unknown").mails;
  expect(mail).toMatchObject({ to: ["team@example.org"], subject: "Image debian-12 failed at stage initialise" });
  expect(mail!.body).toContain(
    "<p>Reason: there is no image &quot;debian-12&quot; in images/; there are: debian-13</p>",
  );
  expect(mail!.body).toContain("<pre>factory: there is no image");
  expect(of("stoppedByOwner").mails[0]!.body).toContain("<p>Reason: cancelled by deployer@controller</p>");
});

test("a build that came to nothing has no numbers of an earlier one, nor a host that was kept", () => {
  expect(of("earlier").description).toBe(
    'no host was made · stage initialise: there is no image "debian-12" in images/; there are: debian-13',
  );
  expect(of("earlier").archived).toContain("statistics/builds.json");
  expect(of("noHost").mails[0]!.body).not.toContain("kept");
});

test("the description has the time, what took the most of it, and how builds went of late", () => {
  expect(of("numbers").description).toBe(
    `${BUILD} · curl from 7.88.1-10 to 7.88.1-11 · 15 min (build-image 7 min, test 3 min) · 8 of the last 10 succeeded`,
  );
});

test("first successes are those of a build that made an image", () => {
  expect(["firstUnchanged", "firstTests"].map((name) => subjects(of(name as keyof typeof JOBS)))).toEqual([[], []]);
  expect(subjects(of("wellUnchanged"))).toEqual(["Image debian-12 is well again"]);
  expect(subjects(of("wellTests"))).toEqual(["Image debian-12 passes its tests again"]);
});

test("what was refused to somebody is no failure that the next build recovers from", () => {
  expect(of("afterRefusal")).toMatchObject({ result: "SUCCESS", mails: [] });
});
