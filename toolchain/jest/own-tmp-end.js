"use strict";

/** After all tests: the run's own directory for temporary files goes. */
module.exports = async function ownTmpEnd() {
  /** @type {any} */ (globalThis).endOfOwnTmp();
};
