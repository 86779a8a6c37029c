"use strict";

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

module.exports = { jestCounts, summaryLine, duration, table };
