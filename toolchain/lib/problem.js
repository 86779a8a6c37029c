"use strict";

/** An error that a user can do something about: shown as its one line, without a stack trace. */
class Problem extends Error {}

/**
 * Runs a command's main function: a Problem ends it with one line and exit code 1.
 * @param {() => Promise<number | void>} main returns the exit code
 */
async function run(main) {
  try {
    process.exitCode = (await main()) || 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Problem ? `error: ${error.message}` : describe(error)}\n`);
    process.exitCode = 1;
  }
}

/** @param {unknown} error */
function describe(error) {
  return error instanceof Error ? error.stack : String(error);
}

module.exports = { Problem, run };
