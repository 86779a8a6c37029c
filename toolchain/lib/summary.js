"use strict";
const path = require("node:path");
const { stripVTControlCharacters } = require("node:util");

/**
 * What a part of a test run came to.
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 */

/**
 * @param {any} results jest's --json output; undefined where it wrote none
 * @param {boolean} ok whether jest exited with 0
 * @returns {Counts}
 */
function jestCounts(results, ok) {
  if (!results) return { passed: 0, failed: 1, skipped: 0 };
  const passed = results.numPassedTests;
  // A file that could not be loaded has no tests that could fail.
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const skipped = results.numPendingTests + results.numTodoTests;
  // Neither a run of no test nor an unexplained exit code is a success.
  const unexplained = failed === 0 && (passed === 0 || !ok);
  return { passed, failed: unexplained ? 1 : failed, skipped };
}

/**
 * What failed, a line each: the file and the test's full name, or what kept the file from being loaded.
 * @param {any} results jest's --json output; undefined where it wrote none
 * @param {string} root what the files' paths are told relative to
 * @returns {string[]}
 */
function jestFailures(results, root) {
  return (results?.testResults ?? []).flatMap((/** @type {any} */ file) => {
    const name = path.relative(root, file.name);
    const failed = file.assertionResults.filter((/** @type {any} */ { status }) => status === "failed");
    if (failed.length > 0) return failed.map((/** @type {any} */ test) => `${name}: ${test.fullName}`);
    return file.status === "failed" ? [`${name}: ${firstLine(file.message)}`] : [];
  });
}

/** @param {string} message jest's, with colours */
function firstLine(message) {
  const lines = stripVTControlCharacters(message).split("\n");
  return lines.map((line) => line.trim()).find((line) => line !== "" && !line.startsWith("●")) ?? "failed";
}

/**
 * The last line of a test run.
 * @param {readonly Counts[]} parts
 */
function summaryLine(parts) {
  const sum = (/** @type {keyof Counts} */ key) => parts.reduce((total, part) => total + part[key], 0);
  const skipped = sum("skipped");
  return `${sum("passed")} passed, ${sum("failed")} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/**
 * Seconds as a person reads them.
 * @param {number} seconds
 */
function duration(seconds) {
  const whole = Math.round(seconds);
  return seconds < 59.95 ? `${seconds.toFixed(1)} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/**
 * Lines with their columns aligned; the last column is left as it is.
 * @param {readonly (readonly string[])[]} rows
 */
function table(rows) {
  const width = (/** @type {number} */ column) => Math.max(...rows.map((row) => (row[column] || "").length));
  return rows
    .map((row) => row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(width(at)))).join("  "))
    .join("\n");
}

module.exports = { jestCounts, jestFailures, summaryLine, duration, table };
