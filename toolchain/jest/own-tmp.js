"use strict";
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

/** Before all tests: what they and synths leave in the directory for temporary files goes into one of the run's own. */
module.exports = async function ownTmp() {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "unit-"));
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = directory;
  /** @type {any} */ (globalThis).endOfOwnTmp = () => {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    fs.rmSync(directory, { recursive: true, force: true });
  };
};
