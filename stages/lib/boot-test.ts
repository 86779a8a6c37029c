/** One try of the boot test: a temporary instance from its making to its end, checked before and after a restart. */
import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { checksAt, imageCheck, type CheckPlace } from "../../model/image-checks";
import { packageFamily } from "../../model/package-family";
import type { Session } from "../../openstack/session";
import { ARTEFACTS } from "./artefacts";
import { oneLine } from "./errors";
import { exec } from "./exec";
import { guestChecks, REBOOT_CHECKS, type GuestCheck } from "./guest-checks";
import { writeGuestSuite, type SuitePhase } from "./guest-suite";
import { waitUntilUp } from "./instance-wait";
import { makePortable } from "./portable-program";
import { NO_CONNECTION, ssh } from "./ssh";
import type { StageContext } from "./stage";
import { sweepTemporary, sweptText } from "./sweep";
import { parseTap } from "./tap";
import { keepEvidence, startInstance, TestFailure, type FailureClass, type TestInstance } from "./test-instance";
import { SECTION_TITLES, type CheckResult, type Section } from "./test-report";

/** Seconds for all checks of a phase together. */
const CHECKS_TIMEOUT = 1200;

export interface BootTestOptions {
  readonly imageId: string;
  /** For evidence. */
  readonly directory: string;
  /** Id of a check → why it is left out. */
  readonly skips: ReadonlyMap<string, string>;
  /** Gets each section as far as it is known, the last version counts. */
  readonly tell: (section: Section) => void;
}

export interface BootTimes {
  /** Seconds from the request for the instance to cloud-init's end. */
  readonly bootSeconds: number;
  /** From the request for a restart to cloud-init's end. */
  readonly rebootSeconds: number;
}

/** Throws a TestFailure when the instance can't be tested to the end; failed checks are in what is told. */
export async function bootTest(context: StageContext, session: Session, options: BootTestOptions): Promise<BootTimes> {
  const { plan, paths, log } = context;
  log.line(`left by an earlier run: ${sweptText(await sweepTemporary(session, plan))}`);
  const marker = randomBytes(16).toString("hex");
  try {
    const { instance, boot, seconds } = await firstBoot(context, session, options, marker);
    await log.step("checks inside", async () => {
      await sendSuite(context, instance, { marker, skips: options.skips });
      await runPhase(context, instance, options, "instance");
    });
    const rebootSeconds = await restart(context, session, options, { instance, boot });
    return { bootSeconds: seconds, rebootSeconds };
  } finally {
    // Before it goes: the only things that can explain a failure later.
    await keepEvidence(context, session, options.directory);
    const swept = await sweepTemporary(session, plan);
    log.line(`removed: ${sweptText(swept)}`);
    await rm(paths.testSecrets, { recursive: true, force: true });
  }
}

const tenths = (milliseconds: number): number => Math.round(milliseconds / 100) / 10;

/** What fails a check of the way to the end of cloud-init. */
const CHECK_OF: Readonly<Partial<Record<FailureClass, string>>> = {
  "never-active": "active",
  "no-ssh": "ssh",
  "cloud-init": "cloud-init-end",
};

interface Booted {
  readonly instance: TestInstance;
  readonly boot: string;
  readonly seconds: number;
}

async function firstBoot(
  context: StageContext,
  session: Session,
  options: BootTestOptions,
  marker: string,
): Promise<Booted> {
  const { plan, progress } = context;
  const started = performance.now();
  const seconds = (): number => tenths(performance.now() - started);
  const results: CheckResult[] = [];
  const reached = (id: string, result: Partial<CheckResult> = {}): void => {
    results.push({ id, name: imageCheck(id).name, ok: true, seconds: seconds(), detail: "", ...result });
    options.tell({ place: "boot", title: SECTION_TITLES.boot, results: [...results] });
  };
  try {
    const instance = await startInstance(context, session, { imageId: options.imageId, marker });
    reached("active");
    progress(`instance is ACTIVE in zone ${plan.testInstance.zone}`);
    const boot = await waitUntilUp(context, session, instance, { onLogin: () => reached("ssh") });
    reached("cloud-init-end");
    const took = seconds();
    progress(`cloud-init has finished after ${took} s`);
    reached("boot-time", timeResult(took, plan.image.tests.bootSeconds, options.skips.get("boot-time")));
    return { instance, boot, seconds: took };
  } catch (error) {
    const id = error instanceof TestFailure ? CHECK_OF[error.failureClass] : undefined;
    if (id !== undefined) reached(id, { ok: false, detail: oneLine(error) });
    throw error;
  }
}

/** Pure: whether the boot was quick enough. */
export function timeResult(took: number, most: number | undefined, skipped?: string): Partial<CheckResult> {
  if (skipped !== undefined) return { skipped };
  if (most === undefined) return { detail: `${took} s, not judged (tests.bootSeconds of the image says nothing)` };
  return { ok: took <= most, detail: `${took} s, at most ${most} s` };
}

/** Sends everything that is run inside, both phases of it, in one go. */
async function sendSuite(
  context: StageContext,
  instance: TestInstance,
  { marker, skips }: { readonly marker: string; readonly skips: BootTestOptions["skips"] },
): Promise<void> {
  const { plan, paths, signal, log } = context;
  const { id, target, address6 = "" } = instance;
  const suite = path.join(paths.work, "test-suite");
  const left = (checks: readonly (GuestCheck & { readonly id: string })[]): GuestCheck[] =>
    checks.filter((check) => !skips.has(check.id));
  await writeGuestSuite({
    directory: suite,
    variables: {
      LOGIN_USER: plan.image.os.user,
      MARKER: marker,
      SERVER_ID: id,
      RESOLVE: new URL(plan.mirrors.debian).hostname,
      ADDRESS6: address6,
      IPERF3_HOST: plan.iperf3?.host ?? "",
      IPERF3_PORT: String(plan.iperf3?.port ?? ""),
      IPERF3_MINIMUM: String(plan.image.tests.iperf3?.minimumMbit ?? 0),
      SENT: String(Math.floor(Date.now() / 1000)),
      IMAGE: plan.image.name,
      BUILD: plan.build,
    },
    packagesFile: path.join(paths.local, ARTEFACTS.packages),
    projectTests: path.join(paths.recipe, "tests"),
    checks: { instance: left(guestChecks(packageFamily(plan.image.os))), reboot: left(REBOOT_CHECKS) },
  });
  if (plan.iperf3) await makePortable("iperf3", path.join(suite, "iperf3"), signal);
  await exec("tar", ["-czf", `${suite}.tar.gz`, "-C", suite, "."], { signal });
  await ssh(target, 'mkdir -p "$HOME/factory-test" && tar -xzf - -C "$HOME/factory-test"', {
    input: createReadStream(`${suite}.tar.gz`),
    signal,
    timeout: 300,
    log: (line) => log.line(line),
  });
}

/** Runs one phase's checks in one session and tells their section. */
async function runPhase(
  context: StageContext,
  { target }: TestInstance,
  { directory, skips, tell }: BootTestOptions,
  phase: SuitePhase,
  before: readonly CheckResult[] = [],
): Promise<void> {
  const { log, signal } = context;
  const { code, stdout } = await ssh(target, `sudo -n bash "$HOME/factory-test/run.sh" ${phase}`, {
    signal,
    timeout: CHECKS_TIMEOUT,
    log: (line) => log.line(line),
    accept: Array.from({ length: 256 }, (_, each) => each),
  });
  await writeFile(path.join(directory, `${phase}.tap`), stdout);
  const { results, problem } = parseTap(stdout);
  if (results.length === 0 && code === NO_CONNECTION)
    throw new TestFailure("no-ssh", "the connection was lost while the checks ran: see test/console.log");
  const seen = [...before, ...results.map((result) => ({ ...result, id: idOf(phase, result.name) }))];
  const left = checksAt(phase).filter(({ id }) => skips.has(id));
  const skipped = left.map(({ id, name }) => ({ id, name, ok: true, skipped: skips.get(id) ?? "", detail: "" }));
  tell({
    place: phase,
    title: SECTION_TITLES[phase],
    results: [...seen, ...skipped],
    ...(problem !== undefined && { problem: `${problem} (exit code ${code})` }),
  });
}

/** Of the table, or the file of the image's own test. */
function idOf(place: CheckPlace, name: string): string {
  return checksAt(place).find((row) => row.name === name)?.id ?? `tests/${name.split(":")[0] ?? name}`;
}

/** Restarts from inside, as an upgrade would, and looks again; gives the seconds. */
async function restart(
  context: StageContext,
  session: Session,
  options: BootTestOptions,
  { instance, boot }: Pick<Booted, "instance" | "boot">,
): Promise<number> {
  const { log, signal, progress } = context;
  const started = performance.now();
  const { id, name } = { id: "reboot", name: imageCheck("reboot").name };
  const tell = (result: CheckResult): void =>
    options.tell({ place: "reboot", title: SECTION_TITLES.reboot, results: [result] });
  try {
    // The connection may be gone before the answer is.
    await ssh(instance.target, "sudo -n systemctl reboot", { signal, timeout: 60, accept: [0, NO_CONNECTION] });
    await log.step("restart", async () => waitUntilUp(context, session, instance, { formerBoot: boot }));
  } catch (error) {
    if (error instanceof TestFailure) tell({ id, name, ok: false, detail: oneLine(error) });
    throw error;
  }
  const seconds = tenths(performance.now() - started);
  progress(`back after a restart in ${seconds} s`);
  const back: CheckResult = { id, name, ok: true, seconds, detail: "" };
  tell(back);
  await log.step("checks after the restart", async () => runPhase(context, instance, options, "reboot", [back]));
  return seconds;
}

/** Check → why it is left out, as reports tell it. */
export function skipReasons(
  skip: readonly { readonly check: string; readonly reason: string }[],
): ReadonlyMap<string, string> {
  return new Map(skip.map(({ check, reason }) => [check, `image.yaml: ${reason}`]));
}
