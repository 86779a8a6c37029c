"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { root } = require("./paths.js");
const { runPart, row } = require("./parts.js");
const { Problem } = require("./problem.js");
const { jestCounts, jestFailures, summaryLine, table } = require("./summary.js");

/**
 * A part of a test run. `needs` names parts without which it would only fail too; a `counted` one writes jest's results.
 * @typedef {import("./parts.js").Part & { needs?: readonly string[], counted?: boolean }} TestPart
 */

const results = (/** @type {string} */ name) => path.join(root, "test-results", `${name}.json`);

/**
 * The command of a part that runs jest and is counted.
 * @param {string} name the part's
 * @param {string} config
 * @param {readonly string[]} files
 */
function jest(name, config, ...files) {
  return ["npx", "jest", "--config", config, "--json", `--outputFile=${results(name)}`, ...files];
}

/** What every run begins with, and what runs on the local cloud needs. */
const setup = {
  name: "setup",
  title: "Node modules, Terraform, provider, bindings",
  command: ["node", "toolchain/setup.js"],
};
const packages = { name: "packages", title: "Debian packages of the tests", command: ["test/install-packages"] };
const cloudUp = { name: "cloud-up", title: "an OpenStack on this machine", command: ["cloud/up"] };

/**
 * The named parts (all where none is named), in order, with what they need before them.
 * @param {readonly TestPart[]} parts
 * @param {readonly string[]} names
 */
function choose(parts, names) {
  const unknown = names.find((name) => !parts.some((part) => part.name === name));
  if (unknown) throw new Problem(`there is no part "${unknown}": ${parts.map(({ name }) => name).join(", ")}`);
  const wanted = parts.filter((part) => names.length === 0 || names.includes(part.name));
  const needed = new Set([setup.name, ...wanted.flatMap((part) => [part.name, ...(part.needs ?? [])])]);
  return parts.filter((part) => needed.has(part.name));
}

/**
 * Runs parts, also after one has failed, and ends with the table of them, the names of what failed, and the line of counts.
 * @param {readonly TestPart[]} parts
 * @returns {Promise<number>} the exit code
 */
async function runTests(parts) {
  /** @type {Outcome[]} */
  const outcomes = [];
  for (const [index, part] of parts.entries()) {
    const needs = [setup.name, ...(part.needs ?? [])];
    const missing = outcomes.find(({ name, ok }) => !ok && needs.includes(name));
    outcomes.push(missing ? notRun(part, missing.name) : await runTestPart(part, `${index + 1}/${parts.length}`));
  }
  const rows = [["part", "time", "memory", ""], ...outcomes.map((outcome) => outcome.row)];
  const failures = outcomes.flatMap(({ name, failures: lines = [] }) =>
    lines.map((line) => `failed in ${name}: ${line}\n`),
  );
  process.stdout.write(
    `\n${table(rows)}\n\n${failures.join("")}${summaryLine(outcomes.map(({ counts }) => counts))}\n`,
  );
  return outcomes.every(({ ok }) => ok) ? 0 : 1;
}

/**
 * What a part came to, with its row of the table.
 * @typedef {{ name: string, ok: boolean, counts: import("./summary.js").Counts, failures?: string[], row: string[] }} Outcome
 */

/**
 * @param {TestPart} part
 * @param {string} position
 * @returns {Promise<Outcome>}
 */
async function runTestPart(part, position) {
  const file = results(part.name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.rmSync(file, { force: true });
  const outcome = await runPart(part, position);
  if (!part.counted) {
    // A check is no test: it counts only when it fails.
    return { name: part.name, ok: outcome.ok, counts: count(outcome.ok ? 0 : 1), row: row(outcome) };
  }
  const read = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")) : undefined;
  const counts = jestCounts(read, outcome.ok);
  const failures = jestFailures(read, root);
  return { name: part.name, ok: counts.failed === 0, counts, failures, row: row(outcome, summaryLine([counts])) };
}

/**
 * @param {TestPart} part
 * @param {string} missing
 */
function notRun(part, missing) {
  return { name: part.name, ok: false, counts: count(1), row: [part.name, "", "", `not run: ${missing} failed`] };
}

/**
 * @param {number} failed
 * @returns {import("./summary.js").Counts}
 */
function count(failed) {
  return { passed: 0, failed, skipped: 0 };
}

module.exports = { choose, cloudUp, jest, packages, runTests, setup };
