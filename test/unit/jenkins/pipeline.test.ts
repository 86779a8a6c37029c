import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { STAGES, STAGE_NAMES } from "../../../model/stages";
import { JENKINS, runJobs, type JobResult } from "../../support/jenkins-harness";
import { BUILD, imageJob, PARAMETERS } from "./image-job";

const MINUTE = 60_000;

type One = JobResult;
type Nine = readonly [One, One, One, One, One, One, One, One, One];

/** The command that does a stage's work, as a pattern for its script. */
function commandOf(stage: string): string {
  if (stage === "initialise") return "--dry-run";
  return stage === "destroy-build-host" ? "build end" : `--until ${stage}`;
}

const commands = (result: JobResult, pattern: RegExp): readonly string[] =>
  result.shells.map(({ label }) => label ?? "").filter((label) => pattern.test(label));
const stageOf = (result: JobResult, name: string) => result.stages.find((stage) => stage.name === name);

describe("a build that goes well", () => {
  let [well, again, unchanged, unchangedOnHost, testsOnly, kept, asked, oneRegion, noAgent] = [] as never as Nine;
  beforeAll(async () => {
    const noChange = JSON.stringify({ build: BUILD, unchanged: true, stages: [] });
    [well, again, unchanged, unchangedOnHost, testsOnly, kept, asked, oneRegion, noAgent] = (await runJobs([
      imageJob("well"),
      imageJob("again", [], { previous: "SUCCESS" }),
      imageJob("unchanged", [{ match: "internal unchanged", status: 0 }], { previous: "SUCCESS" }),
      imageJob("unchanged on the host", [{ match: "build show", stdout: noChange }], { previous: "SUCCESS" }),
      imageJob("tests only", [], { params: { TESTS_ONLY: true } }),
      imageJob("kept", [], { params: { KEEP_HOST: true } }),
      imageJob("asked", [], {
        params: {
          RECIPES: "feature/it's",
          REGIONS: "RegionOne, RegionTwo",
          FORCE: true,
          SKIP_PUBLISH: true,
          DEBUG: true,
          NOTIFY: "somebody@example.org",
        },
      }),
      imageJob("one region fails", [
        { match: "--until distribute", status: 1 },
        {
          match: "build show",
          stdout: JSON.stringify({
            build: BUILD,
            stages: [
              {
                name: "distribute",
                state: "failed",
                message: "RegionTwo: 413, the store is full",
                data: { regions: [{ name: "RegionOne" }] },
              },
            ],
          }),
        },
      ]),
      imageJob("the agent does not answer", [{ match: "journalctl", hang: true }]),
    ])) as unknown as Nine;
  }, 5 * MINUTE);

  test("runs the 15 stages in their order, by their names", () => {
    expect(well.problem).toBeNull();
    expect(well.stages.filter(({ branch }) => branch === null).map(({ name }) => name)).toEqual(STAGE_NAMES);
    expect(well.result).toBe("SUCCESS");
    expect(STAGE_NAMES.map((name) => commands(well, new RegExp(commandOf(name))).length)).toEqual(STAGES.map(() => 1));
  });

  test("the host becomes an agent with its pinned key, shows its stages' logs, and is removed", () => {
    expect(well.agents).toMatchObject([
      { did: "added", name: BUILD, host: "10.60.0.77", credentials: "build-host", mode: "EXCLUSIVE" },
      { did: "removed", name: BUILD },
    ]);
    expect(well.agents[0]!["key"]).toMatch(/^ssh-ed25519 /);
    const shownBy = well.shells.filter(({ node }) => node === BUILD).map(({ stage }) => stage);
    expect(shownBy).toEqual(STAGES.filter(({ where }) => where === "host").map(({ name }) => name));
  });

  test("all commands of the factory run on the deployer", () => {
    const where = well.shells.filter(({ script }) => script.includes("factory build")).map(({ node }) => node);
    expect(new Set(where)).toEqual(new Set(["deployer"]));
  });

  test("holds a place among the hosts all the time, but waits for it in nobody's time; the image in each stage, the regions while it uploads", () => {
    expect(well.locks[0]).toEqual({ names: ["build-hosts"], stage: null, held: [], timeouts: 0 });
    expect(well.locks.filter(({ names }) => names[0] === "image-debian-12")).toHaveLength(15);
    expect(well.locks.find(({ names }) => names[0] === "region-RegionOne")).toEqual({
      names: ["region-RegionOne", "region-RegionTwo"],
      stage: "distribute",
      held: ["build-hosts", "image-debian-12"],
      timeouts: 2,
    });
  });

  test("is described, and its first success is told to the owner with the team in copy", () => {
    expect(well.description).toBe(
      `${BUILD} · curl from 7.88.1-10 to 7.88.1-11 · 412 MB · 301 packages · lynis 71 · 3 known holes · 15 min`,
    );
    expect(well.displayName).toBe(`#1 ${BUILD}`);
    expect(well.mails).toMatchObject([
      { to: ["owner@example.org"], cc: ["team@example.org"], subject: "Image debian-12 was built for the first time" },
    ]);
    expect(again.mails).toEqual([]);
  });

  test("nothing changed: no host, no stage after the first, no mail", () => {
    expect(unchanged).toMatchObject({ result: "SUCCESS", description: "no change", mails: [], agents: [] });
    expect(unchanged.stages.map(({ status }) => status)).toEqual([
      "SUCCESS",
      ...STAGE_NAMES.slice(1).map(() => "SKIPPED"),
    ]);
    expect(commands(unchanged, /--until|build end/)).toEqual([]);
  });

  test("nothing changed, as the host finds: it ends", () => {
    expect(unchangedOnHost.description).toBe("no change");
    const ran = unchangedOnHost.stages.filter(({ status }) => status === "SUCCESS").map(({ name }) => name);
    expect(ran).toEqual(["initialise", "spawn-build-host", "add-agent", "checkout", "clean-up", "destroy-build-host"]);
  });

  test("tests only: stage test again, and the host's end", () => {
    expect(commands(testsOnly, /--only test --keep-host/)).toHaveLength(1);
    expect(stageOf(testsOnly, "build-image")?.status).toBe("SKIPPED");
    expect(commands(testsOnly, /build end/)).toHaveLength(1);
  });

  test("a host that is to be kept stays, but is no agent any more", () => {
    expect(commands(kept, /build end/)).toEqual([]);
    expect(commands(kept, /--until clean-up/)).toHaveLength(1);
    expect(kept.agents.map(({ did }) => did)).toEqual(["added", "removed"]);
  });

  test("the form's boxes become options", () => {
    expect(asked.problem).toBeNull();
    expect(commands(asked, /--until build-image/)).toEqual([
      "factory build debian-12 --until build-image --keep-host --force --skip-publish --debug",
    ]);
    expect(commands(asked, /internal unchanged/)).toEqual([]);
    expect(stageOf(asked, "request-publication")?.status).toBe("SKIPPED");
    expect(asked.mails[0]?.cc).toEqual(["team@example.org", "somebody@example.org"]);
  });

  test("a region that fails is its own branch's failure, and the build's", () => {
    const branches = oneRegion.stages.filter(({ branch }) => branch?.startsWith("Region"));
    expect(branches.map(({ name, status }) => [name, status])).toEqual(
      expect.arrayContaining([
        ["RegionOne", "SUCCESS"],
        ["RegionTwo", "FAILURE"],
      ]),
    );
    expect(oneRegion.result).toBe("FAILURE");
    expect(oneRegion.mails[0]?.body).toContain("RegionTwo: 413, the store is full");
  });

  test("a host that does not show its log fails no build", () => {
    expect(noAgent).toMatchObject({ problem: null, result: "SUCCESS" });
    expect(noAgent.console).toContain("the host did not show the log of checkout");
  });
});

describe("whatever happens in whichever stage", () => {
  const kinds = [
    { kind: "fails", rule: { status: 1, lines: ["stage says why"] }, result: "FAILURE", told: "failed" },
    { kind: "is aborted", rule: { abort: true }, result: "ABORTED", told: "was aborted" },
    { kind: "never ends", rule: { hang: true }, result: "ABORTED", told: "ran out of time" },
  ] as const;
  const reasons = {
    failed: "see its log",
    "was aborted": "Aborted by somebody",
    "ran out of time": "longer than it may",
  };
  const cases = kinds.flatMap((kind) => STAGE_NAMES.map((stage) => ({ ...kind, stage })));
  let results: readonly JobResult[];
  beforeAll(async () => {
    results = await runJobs(
      cases.map(({ kind, rule, stage }) =>
        imageJob(`${stage} ${kind}`, [{ ...rule, match: commandOf(stage), stage }], { previous: "SUCCESS" }),
      ),
    );
    process.stdout.write(table());
  }, 10 * MINUTE);

  const counts = (result: JobResult) => ({
    added: result.agents.filter(({ did }) => did === "added").length,
    removed: result.agents.filter(({ did }) => did === "removed").length,
    cleaned: commands(result, /--until clean-up|build cancel/).length,
    destroyed: commands(result, /build end/).length,
  });

  function table(): string {
    const head = "stage                what         result   agent   clean-up  destroy  mail";
    const rows = cases.map(({ stage, kind }, index) => {
      const result = results[index]!;
      const { added, removed, cleaned, destroyed } = counts(result);
      const mail = result.mails.map(({ subject }) => subject).join("; ");
      return `${stage.padEnd(20)} ${kind.padEnd(12)} ${result.result.padEnd(8)} +${added} -${removed}   ${String(cleaned).padEnd(9)} ${String(destroyed).padEnd(8)} ${mail}`;
    });
    return `${[head, ...rows].join("\n")}\n`;
  }

  test.each(cases)("$stage $kind: agent removed, clean-up and destroy once, result and mail right", (one) => {
    const { stage, result, told } = one;
    const found = results[cases.indexOf(one)]!;
    expect(found).toMatchObject({ problem: null, result });
    expect(stageOf(found, stage)?.status).toBe(result);
    const { added, removed, cleaned, destroyed } = counts(found);
    expect(removed).toBe(added);
    // before stage 2 nothing is there that could be ended
    const made = stage === "initialise" ? 0 : 1;
    expect({ cleaned, destroyed }).toEqual({ cleaned: made, destroyed: made });
    expect(found.mails).toMatchObject([
      { cc: ["team@example.org"], subject: `Image debian-12 ${told} at stage ${stage}` },
    ]);
    expect(found.mails[0]!.body).toContain(`Reason: `);
    expect(found.mails[0]!.body).toContain(stage === "distribute" && told === "failed" ? "the stage" : reasons[told]);
  });
});

test("who would begin behind stage 1 can't, for nobody was asked there", () => {
  const text = readFileSync(path.join(JENKINS, "jobs", "image.Jenkinsfile"), "utf8");
  expect(text).toMatch(/^ {4}disableRestartFromStage\(\)$/m);
});

test("a stage of which stage 1 has told nothing does nothing", async () => {
  const text = readFileSync(path.join(JENKINS, "jobs", "image.Jenkinsfile"), "utf8");
  const jenkinsfile = path.join(mkdtempSync(path.join(tmpdir(), "restarted-")), "image.Jenkinsfile");
  try {
    writeFileSync(jenkinsfile, text.replace("buildStage('initialise')", "echo 'not done again'"));
    const [result] = await runJobs([imageJob("restarted", [], { jenkinsfile })]);
    expect(result).toMatchObject({ problem: null, result: "FAILURE", agents: [] });
    expect(result!.mails[0]!.body).toContain("nothing is known of this build at stage spawn-build-host: start it from");
    expect(commands(result!, /factory build (debian-12|end|cancel)/)).toEqual([]);
  } finally {
    rmSync(path.dirname(jenkinsfile), { recursive: true });
  }
}, 60_000);

describe("the library", () => {
  const files = readdirSync(path.join(JENKINS, "vars")).filter((name) => name.endsWith(".groovy"));
  test.each(files)("%s is under 60 lines and has its help beside it", (name) => {
    const text = readFileSync(path.join(JENKINS, "vars", name), "utf8");
    expect(text.trimEnd().split("\n").length).toBeLessThan(60);
    expect(existsSync(path.join(JENKINS, "vars", name.replace(/groovy$/, "txt")))).toBe(true);
  });

  test("names the stages as model/stages.ts does", () => {
    const table = readFileSync(path.join(JENKINS, "vars", "stageTable.groovy"), "utf8");
    expect([...table.matchAll(/'([a-z]+(?:-[a-z]+)*)'/g)].map(([, name]) => name).slice(0, 15)).toEqual(STAGE_NAMES);
  });

  test("reads no parameter that the form has not, and all that it has", () => {
    const ofOtherJobs = ["reapBuilds.groovy", "stopBuild.groovy"];
    const ours = files.filter((name) => !ofOtherJobs.includes(name)).map((name) => path.join("vars", name));
    const text = [...ours, path.join("jobs", "image.Jenkinsfile")]
      .map((name) => readFileSync(path.join(JENKINS, name), "utf8"))
      .join("\n");
    const read = new Set([...text.matchAll(/params\.([A-Z_]+)/g)].map(([, name]) => name));
    expect([...read].sort()).toEqual(Object.keys(PARAMETERS).sort());
  });
});
