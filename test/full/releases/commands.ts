/** What people copy from a page, run; and mirrors. All of them over TLS, by the factory's own authority. */
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { pythonWith } from "../../support/python-tool";
import type { Website } from "./website";

const run = promisify(execFile);

export interface Outcome {
  readonly status: number;
  readonly said: string;
}

/** @param ca file of the authority */
export async function shell(script: string, cwd: string, ca: string): Promise<Outcome> {
  const env = { PATH: process.env["PATH"], HOME: cwd, LC_ALL: "C", CURL_CA_BUNDLE: ca, REQUESTS_CA_BUNDLE: ca };
  const options = { cwd, env, timeout: 600_000, maxBuffer: 64 * 1024 * 1024 };
  return run("bash", ["-c", script], options).then(
    ({ stdout, stderr }) => ({ status: 0, said: stdout + stderr }),
    ({ code, stdout, stderr }: { code?: number; stdout: string; stderr: string }) => ({
      status: code ?? -1,
      said: stdout + stderr,
    }),
  );
}

/** The commands of one kind on a page, from top to bottom. */
export async function commandsOn(website: Website, place: string, kind: string): Promise<string[]> {
  const page = await website.open(place);
  const all = await page.locator(`pre[data-kind^=${kind}]`).allInnerTexts();
  await page.context().close();
  return all;
}

export async function mirrorProgram(): Promise<string> {
  const needed = ["python-simplestreams==0.1.0.post59", "requests==2.32.3", "setuptools==75.8.0"];
  return path.join(path.dirname(await pythonWith("simplestreams", needed)), "sstream-mirror");
}
