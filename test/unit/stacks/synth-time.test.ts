import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const root = path.join(__dirname, "..", "..", "..");
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), "synth-"));
  mkdirSync(path.join(directory, "ssh"));
  writeFileSync(path.join(directory, "ssh", "id_ed25519.pub"), "ssh-ed25519 AAAA deployer\n");
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Seconds of CPU that a synth takes, with all that it starts. Its own, whatever else the machine is at. */
function synthSeconds(): number {
  const { app } = JSON.parse(readFileSync(path.join(root, "cdktf.json"), "utf8")) as { readonly app: string };
  const env = { ...process.env, FACTORY_HOME: directory, CDKTF_OUTDIR: path.join(directory, "out") };
  const timed = spawnSync("bash", ["-c", `TIMEFORMAT='%U %S'; time ${app}`], { cwd: root, env, encoding: "utf8" });
  if (timed.status !== 0) throw new Error(timed.stderr);
  return timed.stderr
    .trim()
    .split(" ")
    .reduce((sum, seconds) => sum + Number(seconds), 0);
}

test("the full factory and its builds are synthesised in less than 1.5 seconds of CPU", () => {
  const seconds = Array.from({ length: 3 }, synthSeconds);
  expect(Math.min(...seconds)).toBeLessThan(1.5);
});
