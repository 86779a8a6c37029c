/** Waiting for an instance to come up: its console, its SSH, its cloud-init; at its first boot and after a restart. */
import { writeFile } from "node:fs/promises";
import { hostKeysIn, knownHostsText } from "../../model/host-keys";
import * as nova from "../../openstack/nova";
import type { Session } from "../../openstack/session";
import { oneLine } from "./errors";
import { consoleVerdict, lastLine, sinceRestart } from "./guest-console";
import { NO_CONNECTION, ssh } from "./ssh";
import type { StageContext } from "./stage";
import { TestFailure, type TestInstance } from "./test-instance";
import { sleep } from "./wait";

/** Seconds between two looks at console and SSH. */
const LOOK_EVERY = 3;
/** Seconds for which SSH may be silent once cloud-init tells on the console that it has finished. */
const SILENT_AFTER_END = 90;
/** Its first line says which boot this is. */
const ASK = "cat /proc/sys/kernel/random/boot_id; cloud-init status --long";

export interface WaitForUp {
  /** The boot that is over: what answers with this id has not restarted yet. */
  readonly formerBoot?: string;
  /** Called at the first login. */
  readonly onLogin?: () => void;
}

interface Answer {
  readonly code: number;
  readonly boot: string;
  readonly status: string;
  readonly said: string;
}

/**
 * Waits until the instance lets us in and cloud-init has finished; gives the boot's id. The host keys come from the
 * console log of the first boot, which only the instance and the cloud can write. A console that tells of a boot that has
 * failed for good ends the wait at once.
 */
export async function waitUntilUp(
  context: Pick<StageContext, "plan" | "log" | "signal">,
  session: Session,
  instance: TestInstance,
  { formerBoot, onLogin }: WaitForUp = {},
): Promise<string> {
  const { plan, signal } = context;
  const seconds = plan.testInstance.bootTimeout;
  const end = Date.now() + seconds * 1000;
  let pinned = formerBoot !== undefined;
  let finishedAt: number | undefined;
  let loggedIn = false;
  let last: Answer | undefined;
  for (;;) {
    if (!loggedIn) {
      const text = await nova.consoleOutput(session, instance.id);
      const { fatal, finished } = consoleVerdict(formerBoot === undefined ? text : sinceRestart(text));
      if (fatal !== undefined) throw new TestFailure("no-ssh", `the boot has failed, the console says: ${fatal}`);
      if (finished) finishedAt ??= Date.now();
      pinned ||= await pinHostKeys(text, instance);
      if (!pinned && Date.now() >= end) {
        const words = lastLine(text);
        const said = words === "" ? "it is empty" : `it ends with: ${words}`;
        throw new TestFailure("no-ssh", `no SSH host keys on the console within ${seconds} s; ${said}`);
      }
    }
    if (pinned) {
      last = await ask(context, instance);
      const verdict = verdictOf(last, formerBoot);
      if (last.code !== NO_CONNECTION && !loggedIn && last.boot !== formerBoot) {
        loggedIn = true;
        onLogin?.();
      }
      if (verdict === "done") return last.boot;
      if (verdict !== undefined) throw new TestFailure("cloud-init", `cloud-init ${verdict.failed}`);
      throwIfHopeless({ loggedIn, finishedAt, said: last.said });
    }
    if (last && Date.now() >= end) {
      const what = loggedIn ? "cloud-init has not finished" : "no SSH login";
      throw new TestFailure(loggedIn ? "cloud-init" : "no-ssh", `${what} within ${seconds} s: ${oneLine(last.said)}`);
    }
    await sleep(LOOK_EVERY, signal);
  }
}

function throwIfHopeless(state: {
  readonly loggedIn: boolean;
  readonly finishedAt: number | undefined;
  readonly said: string;
}): void {
  const { loggedIn, finishedAt, said } = state;
  if (loggedIn || finishedAt === undefined || Date.now() - finishedAt < SILENT_AFTER_END * 1000) return;
  const since = `cloud-init finished on the console ${SILENT_AFTER_END} s ago`;
  throw new TestFailure("no-ssh", `${since}, and there is no SSH login: ${oneLine(said)}`);
}

async function ask({ log, signal }: Pick<StageContext, "log" | "signal">, { target }: TestInstance): Promise<Answer> {
  const { code, stdout, stderr } = await ssh(target, ASK, {
    signal,
    timeout: 60,
    log: (line) => log.line(line),
    accept: [0, 1, 2, NO_CONNECTION],
  });
  const [boot = "", ...status] = stdout.split("\n");
  const said = code === NO_CONNECTION ? stderr.trim() : stdout.trim();
  return { code, boot: boot.trim(), status: status.join("\n"), said };
}

function verdictOf(
  { code, boot, status }: Answer,
  formerBoot: string | undefined,
): ReturnType<typeof cloudInitVerdict> {
  if (code === NO_CONNECTION || boot === formerBoot) return undefined;
  return cloudInitVerdict(code, status);
}

/** Pure: what `cloud-init status --long` tells; undefined while it runs. */
export function cloudInitVerdict(code: number, text: string): "done" | { readonly failed: string } | undefined {
  const field = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, "m").exec(text)?.[1]?.trim() ?? "";
  const status = field("status");
  const said = oneLine(text).slice(0, 300);
  // Errors that cloud-init could live with (2 since 23.4): a customer's instance would have them too.
  if (code === 2) return { failed: `finished with recoverable errors, which an image must not have: ${said}` };
  if (status === "done") return "done";
  if (status === "error" || status === "disabled") return { failed: `reports "${status}": ${said}` };
  if (code === 1 && status === "") return { failed: `could not be asked: ${said || "no output"}` };
  return undefined;
}

async function pinHostKeys(console: string, { target }: TestInstance): Promise<boolean> {
  const keys = hostKeysIn(console);
  if (keys.length === 0) return false;
  await writeFile(target.knownHosts, knownHostsText(target.address, keys));
  return true;
}
