"use strict";
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const { root } = require("./paths.js");
const { duration } = require("./summary.js");

/**
 * One part of a long command.
 * @typedef {object} Part
 * @property {string} name
 * @property {string} title
 * @property {readonly string[]} command program and arguments, run in the repository
 * @property {boolean} [cloud] run with the environment of the local cloud
 */

/**
 * @typedef {object} Outcome
 * @property {Part} part
 * @property {boolean} ok
 * @property {number} seconds
 * @property {number} memory the most that the machine had less available than at the start of the part, in GiB
 */

/**
 * The part that is running.
 * @type {import("node:child_process").ChildProcess | undefined}
 */
let running;
// A terminal's Ctrl-C reaches the part by itself (and a second one would make Terraform quit at once):
// wait for its end. Whoever ends us by SIGTERM means the part as well.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => running?.kill("SIGTERM"));

/**
 * Runs a part with a headline, its output live.
 * @param {Part} part
 * @param {string} position such as "2/6"
 * @returns {Promise<Outcome>}
 */
async function runPart(part, position) {
  process.stdout.write(`\n=== ${position} ${part.name}: ${part.title}\n`);
  const started = performance.now();
  const memory = watchMemory();
  const ok = await runs(part);
  const outcome = { part, ok, seconds: (performance.now() - started) / 1000, memory: memory() };
  process.stdout.write(`=== ${part.name}: ${ok ? "done" : "FAILED"} in ${duration(outcome.seconds)}\n`);
  return outcome;
}

/**
 * @param {Part} part
 * @returns {Promise<boolean>}
 */
function runs({ command, cloud }) {
  // The environment goes through a shell, as a person's would.
  const [program = "", ...args] = cloud
    ? ["bash", "-c", 'variables="$(cloud/env)" && eval "$variables" && exec "$@"', "with-cloud", ...command]
    : command;
  // What is no terminal gets no colours, and no spinner (cdktf draws one a line otherwise).
  const env = process.stdout.isTTY ? process.env : { ...process.env, CI: "true", FORCE_COLOR: "0" };
  return new Promise((resolve) => {
    // Errors go the same way as the rest, so that they stand where they belong.
    running = spawn(program, args, { cwd: root, env, stdio: ["ignore", 1, 1] });
    running.on("error", (error) => {
      process.stdout.write(`${error.message}\n`);
      resolve(false);
    });
    running.on("exit", (code) => resolve(code === 0));
  });
}

/** Samples the machine's available memory; the function that it returns ends that and says the greatest drop in GiB. */
function watchMemory() {
  const before = availableMemory();
  let least = before;
  const timer = setInterval(() => (least = Math.min(least, availableMemory())), 500);
  return () => {
    clearInterval(timer);
    return Math.max(0, before - Math.min(least, availableMemory()));
  };
}

/** In GiB; 0 where the kernel does not say. */
function availableMemory() {
  try {
    return Number(/MemAvailable:\s+(\d+)/.exec(fs.readFileSync("/proc/meminfo", "utf8"))?.[1] ?? 0) / 1024 ** 2;
  } catch {
    return 0;
  }
}

/**
 * A row of the table at the end.
 * @param {Outcome} outcome
 * @param {string} [word]
 */
function row({ part, ok, seconds, memory }, word = ok ? "done" : "FAILED") {
  return [part.name, duration(seconds), `${memory.toFixed(1)} GiB`, word];
}

module.exports = { runPart, row };
