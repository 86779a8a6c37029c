/** Waiting for a node's first boot to be over. */
import { pause } from "./pause";
import { SshError } from "./ssh-error";
import { waitForSsh, type SshHost } from "./ssh";
import { UserError } from "./user-error";

export interface CloudInitStatus {
  /** not run, running, done, error, disabled; "degraded" where it calls deprecated keys an error that passes */
  readonly status: string;
  readonly errors: readonly string[];
}

/** What `cloud-init status --format json` says; undefined while it says nothing yet. */
export function parseCloudInitStatus(text: string): CloudInitStatus | undefined {
  try {
    const { status, errors } = JSON.parse(text) as { readonly status?: unknown; readonly errors?: unknown };
    if (typeof status !== "string") return undefined;
    return { status, errors: Array.isArray(errors) ? errors.map(String) : [] };
  } catch {
    return undefined;
  }
}

const BOOTED = ["done", "degraded", "disabled"];

export interface FirstBootOptions {
  /** Milliseconds. */
  readonly timeout: number;
  /** Milliseconds between two looks. @default 3000 */
  readonly interval?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Returns once the node's cloud-init has finished without an error. Throws a UserError with what went wrong. */
export async function waitForFirstBoot(host: SshHost, options: FirstBootOptions): Promise<void> {
  const { timeout, interval = 3000, signal } = options;
  const end = Date.now() + timeout;
  await waitForSsh(host, { timeout, interval, signal });
  let last = "nothing";
  for (;;) {
    const found = await look(host, signal);
    if (found !== undefined && BOOTED.includes(found.status)) return;
    if (found?.status === "error") {
      const errors = found.errors.join("; ") || "no reason given";
      throw new UserError(
        `${host.name}: cloud-init ended in "${found.status}": ${errors} (see /var/log/cloud-init-output.log there: factory ssh ${host.name})`,
      );
    }
    last = found?.status ?? last;
    if (Date.now() + interval > end) {
      throw new UserError(
        `${host.name}: cloud-init has not finished after ${Math.round(timeout / 1000)} s (it says: ${last}); see /var/log/cloud-init-output.log there`,
      );
    }
    await pause(interval, signal);
  }
}

/** Whether the node's first boot is over and did not go well. */
export async function firstBootFailed(host: SshHost): Promise<boolean> {
  return (await look(host, undefined))?.status === "error";
}

/** cloud-init's own exit status differs between versions: what it prints counts. */
async function look(host: SshHost, signal: AbortSignal | undefined): Promise<CloudInitStatus | undefined> {
  try {
    const command = "cloud-init status --format json 2>/dev/null; true";
    return parseCloudInitStatus((await host.run(command, { timeout: 60_000, signal })).stdout);
  } catch (error) {
    // A restart of sshd by cloud-init itself cuts connections.
    if (error instanceof SshError && error.passing) return undefined;
    throw error;
  }
}
