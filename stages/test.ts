/**
 * Stage 9: the image's files are audited, mounted read-only, while a temporary instance boots from the registered image
 * and is looked at from inside, before and after a restart. Audits take seconds: what fails them is not booted to the end.
 */
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { ARTEFACTS, directoryToShare, filesBelow } from "./lib/artefacts";
import { auditTools, runAudits, type AuditRun } from "./lib/audits";
import { bootTest, skipReasons, type BootTimes } from "./lib/boot-test";
import { oneLine, StageError } from "./lib/errors";
import { copyAtomic, exists } from "./lib/files";
import { ImageTree } from "./lib/image-tree";
import { junitXml } from "./lib/junit";
import { LYNIS_REPORT } from "./lib/lynis";
import { withRootMounted } from "./lib/partitions";
import { rawDisk } from "./lib/raw-disk";
import { reportHtml } from "./lib/report-html";
import type { TestData } from "./lib/results";
import type { HostStage, StageContext } from "./lib/stage";
import { tapText } from "./lib/tap";
import { TestFailure } from "./lib/test-instance";
import {
  casesOf,
  failed,
  failureClassOf,
  failureText,
  measuredBy,
  SECTION_TITLES,
  withUnreached,
  type CheckResult,
  type Section,
  type TestReport,
} from "./lib/test-report";

const JUNIT = "junit.xml";
const TAP = "results.tap";
const HTML = "report.html";
const NOT_REACHED = "not come to: see what failed";
/** What a busy cloud or an unreachable mirror spoilt gets one more chance; what the image did wrong never does. */
const TRIES = 2;

export const stage: HostStage = {
  name: "test",
  async upToDate(context) {
    const { imageId, recipeDigest, failed: bad } = context.data("test");
    if (recipeDigest !== context.data("checkout").recipeDigest) return false;
    const there = await exists(path.join(context.paths.local, ARTEFACTS.test, JUNIT));
    return there && bad === 0 && imageId === context.data("register").imageId;
  },
  async run(context) {
    const { imageId } = context.data("register");
    const { recipeDigest } = context.data("checkout");
    const directory = path.join(context.paths.local, ARTEFACTS.test);
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    const started = new Date().toISOString();
    const sections = new Map<string, Section>();
    const tell = (section: Section): void => void sections.set(section.place, section);
    const outcome = await examine(context, { imageId, directory, tell });
    const told = [...sections.values()];
    const failure = outcome.failure ?? checksFailure(told);
    await context.log.step("reports", async () => {
      const about = { image: context.plan.image.name, build: context.plan.build, imageId, started };
      await writeReports(directory, {
        ...about,
        ...finished(failure),
        sections: failure ? withUnreached(told, NOT_REACHED) : told,
      });
      await directoryToShare(context.paths, ARTEFACTS.test);
    });
    if (failure !== undefined) throw failure;
    const results = told.flatMap((section) => casesOf(section));
    const { bootSeconds, rebootSeconds } = outcome.times ?? { bootSeconds: 0, rebootSeconds: 0 };
    const measured: Pick<TestData, "lynis" | "vulnerabilities"> = measuredBy(results, ["lynis", "vulnerabilities"]);
    const times = { bootSeconds, rebootSeconds };
    const data: TestData = { imageId, recipeDigest, ...times, ...measured, checks: results.length, failed: 0 };
    const skips = results.filter(({ skipped }) => skipped !== undefined).length;
    const message = `${results.length - skips} checks passed, ${skips} skipped; cloud-init finished after ${bootSeconds} s`;
    return { message, data };
  },
};

interface Examination {
  readonly imageId: string;
  readonly directory: string;
  readonly tell: (section: Section) => void;
}

interface Outcome {
  readonly times?: BootTimes;
  readonly failure?: Error;
}

/** Audits and boot beside each other; what an audit refuses ends the boot at once, the other audits go on. */
async function examine(context: StageContext, { imageId, directory, tell }: Examination): Promise<Outcome> {
  const refused = new AbortController();
  const refuse = (): void => refused.abort(new StageError("an audit refused the image"));
  const inner = { ...context, signal: AbortSignal.any([context.signal, refused.signal]) };
  const skips = skipReasons(context.plan.image.tests.skip);
  const session = await context.session(context.plan.home);
  const audited = twice(context, async () => audit(context, { skips, onFailure: refuse })).then((results) => {
    tell({ place: "audit", title: SECTION_TITLES.audit, results });
    const failureClass = failureClassOf(results);
    if (failureClass !== undefined) throw new TestFailure(failureClass, withWhere(failureText(results)));
    context.progress(`${results.length} audits without a boot found nothing wrong`);
  });
  // From here on, so that a failure of the audits is seen while the boot is waited for.
  audited.catch(refuse);
  const booted = twice(inner, async () => bootTest(inner, session, { imageId, directory, skips, tell }));
  const [audits, boot] = await Promise.allSettled([audited, booted]);
  context.signal.throwIfAborted();
  await keepIfThere(path.join(auditPlace(context), LYNIS_REPORT), directory);
  if (audits.status === "rejected") return { failure: audits.reason as Error };
  return boot.status === "rejected" ? { failure: boot.reason as Error } : { times: boot.value };
}

/** Runs `work` again, once, when what spoilt it was not the image. */
async function twice<T>({ signal, progress }: StageContext, work: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await work();
    } catch (error) {
      const passing = !(error instanceof TestFailure) || error.passing;
      if (!passing || tried >= TRIES || signal.aborted) throw error;
      progress(`${oneLine(error)}; one more try`);
    }
  }
}

const auditPlace = ({ paths }: Pick<StageContext, "paths">): string => path.join(paths.work, "audit");

async function audit(context: StageContext, run: AuditRun): Promise<CheckResult[]> {
  const { signal, log } = context;
  const work = auditPlace(context);
  await mkdir(work, { recursive: true });
  const raw = await rawDisk(context, "audit");
  const mountPoint = path.join(work, "root");
  return log.step("audits", async () =>
    withRootMounted({ raw, mountPoint, signal }, async (offset) =>
      runAudits({ ...auditTools(context, work), tree: new ImageTree(mountPoint), raw, offset }, run),
    ),
  );
}

async function keepIfThere(file: string, directory: string): Promise<void> {
  if (await exists(file)) await copyAtomic(file, path.join(directory, path.basename(file)));
}

const withWhere = (text: string): string => `${text}; see test/${HTML} of the artefacts`;

/** What the checks inside found wrong; undefined: nothing. */
function checksFailure(sections: readonly Section[]): TestFailure | undefined {
  const results = sections.flatMap((section) => casesOf(section));
  return results.some((result) => failed(result))
    ? new TestFailure("checks", withWhere(failureText(results)))
    : undefined;
}

function finished(failure: Error | undefined): Pick<TestReport, "finished" | "failure"> {
  const failureClass = failure instanceof TestFailure ? failure.failureClass : "infrastructure";
  return {
    finished: new Date().toISOString(),
    ...(failure && { failure: { failureClass, message: oneLine(failure) } }),
  };
}

/** Whatever came to light, in all forms. */
async function writeReports(directory: string, report: Omit<TestReport, "files">): Promise<void> {
  const complete: TestReport = { ...report, files: [JUNIT, TAP, ...(await filesBelow(directory))] };
  await writeFile(path.join(directory, JUNIT), junitXml(complete));
  await writeFile(path.join(directory, TAP), tapText(report.sections.flatMap((section) => casesOf(section))));
  await writeFile(path.join(directory, HTML), reportHtml(complete));
}
