"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { setTimeout: sleep } = require("node:timers/promises");
const { cacheDir } = require("./paths.js");

/**
 * Runs `action` while holding a lock of this user, so that two runs don't build the same thing or meet in `npm ci`. A
 * lock whose owner is gone is taken over.
 * @param {string} name
 * @param {() => Promise<void>} action
 */
async function withLock(name, action) {
  const file = path.join(cacheDir(), `${name}.lock`);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  while (!take(file)) await sleep(250);
  try {
    await action();
  } finally {
    fs.rmSync(file, { force: true });
  }
}

/** @param {string} file */
function take(file) {
  try {
    fs.writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
    if (!ownerLives(file)) fs.rmSync(file, { force: true });
    return false;
  }
}

/** @param {string} file */
function ownerLives(file) {
  try {
    process.kill(Number(fs.readFileSync(file, "utf8")) || process.pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

module.exports = { withLock };
