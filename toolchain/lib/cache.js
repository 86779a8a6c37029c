"use strict";
const crypto = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

/**
 * A short key of some parts: equal parts in equal order, equal key.
 * @param {readonly (string | Buffer)[]} parts
 */
function cacheKey(parts) {
  const hash = crypto.createHash("sha256");
  // Each part with its length, so that ["ab", "c"] and ["a", "bc"] differ.
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest("hex").slice(0, 16);
}

/**
 * Makes a folder (or file) by `build`, which fills a temporary one beside it, and puts it in place whole: whoever finds
 * it finds it complete, even if a run was interrupted or two ran at once.
 * @param {string} target
 * @param {(temporary: string) => Promise<void>} build
 */
async function makeWhole(target, build) {
  fs.mkdirSync(path.dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}.tmp`;
  const old = `${target}.${process.pid}.old`;
  try {
    await build(temporary);
    if (fs.existsSync(target)) fs.renameSync(target, old);
    fs.renameSync(temporary, target);
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
    fs.rmSync(old, { recursive: true, force: true });
  }
}

module.exports = { cacheKey, makeWhole };
