/** A real browser: the distribution's Chromium, without a screen. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { chromium, type Browser } from "playwright-core";
import { ROOT } from "./paths";
import { say } from "./say";

const PROGRAM = "/usr/bin/chromium";

/** Installs it first where it is not there yet. `more`: arguments for it. */
export async function startBrowser(...more: readonly string[]): Promise<Browser> {
  if (!existsSync(PROGRAM)) {
    say("installing chromium");
    await promisify(execFile)(path.join(ROOT, "test", "install-packages"), ["chromium"], { timeout: 15 * 60_000 });
  }
  // The tests run as root, as whom Chromium's sandbox does not start; it sees pages of the test alone.
  return chromium.launch({
    executablePath: PROGRAM,
    args: ["--no-sandbox", "--disable-gpu", ...more],
    timeout: 120_000,
  });
}
