"use strict";
// Loaded before the version of Node is known to fit: syntax and module names that any Node takes.

/**
 * The first x.y or x.y.z in a text, as numbers; undefined where there is none.
 * @param {string} text
 * @returns {number[] | undefined}
 */
function parseVersion(text) {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3] || 0)] : undefined;
}

/**
 * Whether `version` is at least `least`, both as text; a text without a version is not.
 * @param {string} version
 * @param {string} least
 */
function atLeast(version, least) {
  const have = parseVersion(version);
  const want = parseVersion(least);
  if (!have || !want) return false;
  for (const index of [0, 1, 2]) {
    const difference = (have[index] || 0) - (want[index] || 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

module.exports = { parseVersion, atLeast };
