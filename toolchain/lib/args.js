"use strict";
const { parseArgs } = require("node:util");
const { Problem } = require("./problem.js");

/**
 * The command line's options and words; what is not understood is a Problem.
 * @template {import("node:util").ParseArgsConfig["options"]} Options
 * @param {Options} options
 * @param {boolean} [words] whether words other than options are taken
 */
function commandLine(options, words = false) {
  try {
    return parseArgs({ options, allowPositionals: words, strict: true });
  } catch (error) {
    throw new Problem(`${/** @type {Error} */ (error).message.split(".")[0]}; see --help`);
  }
}

module.exports = { commandLine };
