/** Stage 9: a temporary instance boots from the registered image and is looked at from inside. */
import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Session } from "../openstack/session";
import { ARTEFACTS, directoryToShare } from "./lib/artefacts";
import { exec } from "./lib/exec";
import { exists } from "./lib/files";
import { writeGuestSuite } from "./lib/guest-suite";
import { junitXml } from "./lib/junit";
import type { TestData } from "./lib/results";
import { ssh } from "./lib/ssh";
import type { HostStage, StageContext } from "./lib/stage";
import { sweepTemporary, sweptText } from "./lib/sweep";
import { parseTap, type TapReport } from "./lib/tap";
import { keepEvidence, startInstance, TestFailure, waitForCloudInit, type TestInstance } from "./lib/test-instance";

const JUNIT = "junit.xml";
const TAP = "results.tap";
/** Seconds for all checks together. */
const CHECKS_TIMEOUT = 1200;
/** An instance that a busy cloud could not start gets one more chance; what the image did wrong never does. */
const TRIES = 2;

interface Finding {
  readonly report: TapReport;
  readonly bootSeconds: number;
}

export const stage: HostStage = {
  name: "test",
  async upToDate(context) {
    const { imageId, recipeDigest, failed } = context.data("test");
    if (recipeDigest !== context.data("checkout").recipeDigest) return false;
    const there = await exists(path.join(context.paths.local, ARTEFACTS.test, JUNIT));
    return there && failed === 0 && imageId === context.data("register").imageId;
  },
  async run(context) {
    const { imageId } = context.data("register");
    const { recipeDigest } = context.data("checkout");
    const session = await context.session(context.plan.home);
    const directory = path.join(context.paths.local, ARTEFACTS.test);
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    for (let tried = 1; ; tried++) {
      try {
        const { report, bootSeconds } = await once(context, session, imageId, directory);
        return judge(report, { imageId, recipeDigest, bootSeconds });
      } catch (error) {
        const passing = error instanceof TestFailure && error.failureClass === "never-active";
        if (!passing || tried >= TRIES || context.signal.aborted) throw error;
        context.progress(`${error.message}; one more try`);
      } finally {
        await directoryToShare(context.paths, ARTEFACTS.test);
      }
    }
  },
};

/** One instance, from its making to its end. */
async function once(context: StageContext, session: Session, imageId: string, directory: string): Promise<Finding> {
  const { plan, log } = context;
  const left = await sweepTemporary(session, plan);
  log.line(`left by an earlier run: ${sweptText(left)}`);
  const marker = randomBytes(16).toString("hex");
  const started = performance.now();
  try {
    const instance = await startInstance(context, session, { imageId, marker });
    context.progress(`instance is ACTIVE in zone ${plan.testInstance.zone}`);
    await waitForCloudInit(context, session, instance);
    const bootSeconds = Math.round((performance.now() - started) / 100) / 10;
    context.progress(`cloud-init has finished after ${bootSeconds} s`);
    const report = await log.step("checks inside", async () => runChecks(context, instance, { marker, directory }));
    const suite = {
      name: plan.image.name,
      started: new Date().toISOString(),
      properties: { build: plan.build, imageId, bootSeconds },
    };
    await writeFile(path.join(directory, JUNIT), junitXml(suite, report));
    return { report, bootSeconds };
  } finally {
    // Before it goes: the only things that can explain a failure later.
    await keepEvidence(context, session, directory);
    const swept = await sweepTemporary(session, plan);
    log.line(`removed: ${sweptText(swept)}`);
    await rm(context.paths.testSecrets, { recursive: true, force: true });
  }
}

/** Sends all checks at once and runs them in one session. */
async function runChecks(
  context: StageContext,
  { id, target }: TestInstance,
  { marker, directory }: { readonly marker: string; readonly directory: string },
): Promise<TapReport> {
  const { plan, paths, log, signal } = context;
  const suite = path.join(paths.work, "test-suite");
  await writeGuestSuite({
    directory: suite,
    variables: {
      LOGIN_USER: plan.image.os.user,
      MARKER: marker,
      SERVER_ID: id,
      RESOLVE: new URL(plan.mirrors.debian).hostname,
      IMAGE: plan.image.name,
      BUILD: plan.build,
    },
    packagesFile: path.join(paths.local, ARTEFACTS.packages),
    projectTests: path.join(paths.recipe, "tests"),
  });
  await exec("tar", ["-cf", `${suite}.tar`, "-C", suite, "."], { signal });
  const command =
    'mkdir -p "$HOME/factory-test" && tar -xf - -C "$HOME/factory-test" && sudo -n bash "$HOME/factory-test/run.sh"';
  const { code, stdout } = await ssh(target, command, {
    input: createReadStream(`${suite}.tar`),
    signal,
    timeout: CHECKS_TIMEOUT,
    log: (line) => log.line(line),
    accept: Array.from({ length: 256 }, (_, each) => each),
  });
  await writeFile(path.join(directory, TAP), stdout);
  const report = parseTap(stdout);
  if (report.results.length === 0)
    throw new TestFailure("checks", `the checks could not be run (exit code ${code}): see the log of this stage`);
  return report;
}

function judge(
  { results, problem }: TapReport,
  about: Pick<TestData, "imageId" | "recipeDigest" | "bootSeconds">,
): Awaited<ReturnType<HostStage["run"]>> {
  const failed = results.filter((result) => !result.ok && !result.skipped);
  if (failed.length > 0 || problem !== undefined) {
    const names = failed
      .map((result) => `"${result.name}"`)
      .slice(0, 5)
      .join(", ");
    const what = failed.length > 0 ? `${failed.length} of ${results.length} checks failed: ${names}` : (problem ?? "");
    throw new TestFailure("checks", `${what}; see test/${JUNIT} of the artefacts`);
  }
  const data: TestData = { ...about, checks: results.length, failed: 0 };
  return { message: `${results.length} checks passed; cloud-init finished after ${about.bootSeconds} s`, data };
}
