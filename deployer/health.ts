/** What a node says of itself: the checks of its role, by `factory-health` there. */
import { pause } from "./pause";
import { SshError } from "./ssh-error";
import type { SshHost } from "./ssh";
import { UserError } from "./user-error";

export interface HealthCheck {
  readonly name: string;
  readonly ok: boolean;
  /** One line: versions, days, percentages; or what is wrong. */
  readonly detail: string;
  /** All is well, and whoever deploys should know what it says. */
  readonly told?: boolean;
}

/** All checks of a node, in milliseconds that are enough for each of them. Throws an SshError when it can't be reached. */
export async function health(host: SshHost, timeout = 120_000): Promise<HealthCheck[]> {
  const answer = await host.asRoot("/usr/local/sbin/factory-health --json; true", { timeout });
  return JSON.parse(answer) as HealthCheck[];
}

/** Milliseconds that a role may take until its own checks pass. */
const WITHIN = 5 * 60_000;

export interface HealthWait {
  /** Name of a check that may fail. @default - none */
  readonly tolerate?: string | undefined;
}

/** Waits until all checks pass but one that may fail, and gives them. Throws a UserError with those that do not. */
export async function waitForHealth(host: SshHost, { tolerate }: HealthWait = {}): Promise<readonly HealthCheck[]> {
  const end = Date.now() + WITHIN;
  for (;;) {
    let failed: readonly HealthCheck[] = [{ name: "ssh", ok: false, detail: "the node does not answer" }];
    try {
      const checks = await health(host);
      failed = checks.filter(({ ok }) => !ok);
      if (failed.every(({ name }) => name === tolerate)) {
        await host.asRoot("/usr/local/sbin/factory-health --console; true");
        return checks;
      }
    } catch (error) {
      // a role may restart sshd
      if (!(error instanceof SshError) || !error.passing) throw error;
    }
    if (Date.now() > end) {
      const what = failed.map(({ name, detail }) => `${name}: ${detail}`).join("; ");
      throw new UserError(`${host.name}: is not in order after ${Math.round(WITHIN / 1000)} s: ${what}`);
    }
    await pause(2000);
  }
}
