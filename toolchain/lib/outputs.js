"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { root } = require("./paths.js");

const DAY = 24 * 3600 * 1000;

/**
 * Makes the folder of the shells' output folders (cdktf makes only the last part of a path) and removes those of shells
 * that are gone. They hold nothing but what the next synth writes again; state is kept elsewhere. Young ones stay: a
 * process id means nothing where the checkout is shared with another machine.
 * @param {string} [folder]
 * @param {number} [now]
 */
function removeOldOutputs(folder = path.join(root, "cdktf.out"), now = Date.now()) {
  fs.mkdirSync(folder, { recursive: true });
  for (const name of fs.readdirSync(folder)) {
    const [, pid] = /^shell-(\d+)$/.exec(name) || [];
    const output = path.join(folder, name);
    if (pid && !fs.existsSync(`/proc/${pid}`) && now - fs.statSync(output).mtimeMs > DAY) {
      fs.rmSync(output, { recursive: true, force: true });
    }
  }
}

module.exports = { removeOldOutputs };
